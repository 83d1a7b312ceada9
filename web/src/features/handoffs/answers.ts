import type { Handoff } from '@/api/types'
import { isApiError } from '@/api/error'

export type Answer = 'accept' | 'refuse' | 'withdraw'
export const ANSWERS: readonly Answer[] = ['accept', 'refuse', 'withdraw']

/** The answers this reader may give now. */
export function answersTo(h: Pick<Handoff, 'can'>): Answer[] {
  return ANSWERS.filter((a) => h.can.includes(a))
}

/** The unit for which an answer is given. */
export function answeringUnit(h: Pick<Handoff, 'from_unit_id' | 'to_unit_id'>, a: Answer): number {
  return a === 'withdraw' ? h.from_unit_id : h.to_unit_id
}

export type Outcome = 'withdrawn' | 'accepted' | 'refused' | 'expired' | 'gone' | 'ended'

/**
 * What was faster than this answer, or null when the server refused for
 * another reason. A receiver does not see an offer any more that was taken
 * back, so a missing row means just that.
 */
export function overtakenBy(e: unknown): Outcome | null {
  if (!isApiError(e)) return null
  if (e.code === 'handoff.expired') return 'expired'
  if (e.code === 'lead.ended') return 'ended'
  if (e.code === 'handoff.unknown' || e.status === 404) return 'gone'
  return e.code === 'handoff.answered' ? endOf(e.params.state) : null
}

function endOf(state: unknown): Outcome {
  return state === 'accepted' || state === 'refused' || state === 'withdrawn' || state === 'expired' ? state : 'gone'
}

/**
 * What was faster than the answer that this reader was about to give, seen as
 * the page was told of it; null while it can still be given, or when the
 * reader gave it.
 */
export function endedMeanwhile(before: Handoff | undefined, now: Handoff, me: number | undefined): Outcome | null {
  if (!before || before.id !== now.id || !answersTo(before).length || answersTo(now).length) return null
  return now.answered_by?.id === me ? null : endOf(now.state)
}

/** Received, sent, not sent yet, given by the bureau's word. */
export type Box = 'in' | 'out' | 'drafts' | 'assigned'

/** What the server is asked for a box. */
export function askOf(box: Box, objected = false): Record<string, string | boolean> {
  if (box === 'drafts') return { box: 'out' }
  if (box === 'assigned') return { box: 'all', kind: 'assignment', ...(objected ? { objected: true } : {}) }
  return { box }
}

/** The states of a hand-off that moved the lead: how its holding stands now. */
export const MOVED: readonly Handoff['state'][] = ['accepted', 'completed', 'passed_on', 'returned']

/**
 * The states a box can hold. Of what was offered to a unit only the open and
 * the accepted offers are left to it.
 */
export function statesOf(box: Box): Handoff['state'][] {
  if (box === 'drafts') return ['drafted']
  if (box === 'assigned') return [...MOVED]
  return box === 'in' ? ['offered', ...MOVED] : ['offered', ...MOVED, 'refused', 'expired', 'withdrawn']
}

/** What the chosen chips ask for; an unknown word in the address is passed over. */
export function chosenStates(box: Box, asked: string[]): Handoff['state'][] {
  return statesOf(box).filter((s) => asked.includes(s))
}

/** The most urgent offer first. */
export function byDeadline(list: Handoff[]): Handoff[] {
  return [...list].sort((a, b) => a.due_at.localeCompare(b.due_at) || a.id - b.id)
}
