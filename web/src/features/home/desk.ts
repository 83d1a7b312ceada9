import type { Workbench } from '@/api/boards'
import type { Handoff, Lead } from '@/api/types'
import { daysBetween, inChina } from '@/lib/days'

export interface Due { kind: 'late' | 'today' | 'soon'; days: number }

/** How a next step stands: late by so many days, due today, or due in so many. */
export function dueOf(day: string, today: string): Due {
  const days = daysBetween(today, day)
  return days < 0 ? { kind: 'late', days: -days } : { kind: days === 0 ? 'today' : 'soon', days }
}

/** The oldest promise first. */
export function byNextStep(list: Lead[]): Lead[] {
  return [...list].sort((a, b) => (a.next_step_on ?? '').localeCompare(b.next_step_on ?? '') || a.id - b.id)
}

/** How many of the shown next steps are late. */
export function lateOnes(list: Lead[], today: string): number {
  return list.filter((l) => l.next_step_on !== null && l.next_step_on < today).length
}

/** Days without any activity. */
export function quietDays(lead: Pick<Lead, 'activity_at'>, today: string): number {
  return Math.max(0, daysBetween(inChina(lead.activity_at).format('YYYY-MM-DD'), today))
}

/** The sum of what is known in CNY, and of how many. */
export function knownSum(list: Lead[]): { cents: number; known: number } {
  const known = list.filter((l) => l.planned_cents !== null && l.currency === 'CNY')
  return { cents: known.reduce((a, l) => a + (l.planned_cents ?? 0), 0), known: known.length }
}

/** The answers worth reading first: what came back to us, then what was taken. */
export function byWeight(list: Handoff[]): Handoff[] {
  const weight = (h: Handoff) => (h.state === 'refused' || h.state === 'expired' ? 0 : 1)
  return [...list].sort((a, b) => weight(a) - weight(b) || (b.answered_at ?? b.due_at).localeCompare(a.answered_at ?? a.due_at))
}

/** Nothing is held and nothing waits: a first day. */
export function isBare(w: Workbench): boolean {
  return w.counts.own.count === 0 && w.counts.offers_in.count === 0 && w.counts.offers_out.count === 0 && w.answered.length === 0 && w.signing.length === 0
}

/** The day so many days later. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** The first and the last day of the month of a day. */
export function monthOf(day: string): [string, string] {
  const [year = 0, month = 0] = day.split('-').map(Number)
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  return [`${day.slice(0, 7)}-01`, `${day.slice(0, 7)}-${String(last).padStart(2, '0')}`]
}
