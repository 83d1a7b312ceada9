import type { Card, Month } from '@/api/signing'

/** The month so many months later, or earlier when n is negative. */
export function addMonths(m: Month, n: number): Month {
  const [y, mm] = m.split('-').map(Number) as [number, number]
  const all = y * 12 + (mm - 1) + n
  return `${Math.floor(all / 12)}-${String((all % 12) + 1).padStart(2, '0')}`
}

export function monthName(m: Month, english: boolean): string {
  const [y, mm] = m.split('-').map(Number) as [number, number]
  if (!english) return `${y}年${mm}月`
  return `${['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][mm - 1]} ${y}`
}

export const GRADES = ['sure', 'likely', 'possible'] as const
export const READY = ['text_agreed', 'site_ready', 'incentives_reviewed', 'legal_opinion', 'fair_competition'] as const

/** The points of the list that are still missing. */
export const missing = (c: Card): (typeof READY)[number][] => READY.filter((k) => !c[k])

/** Cards in the order of the board: the surest first, the largest first. */
export function inOrder(cards: Card[]): Card[] {
  const rank = (c: Card) => (c.state === 'signed' ? -1 : GRADES.indexOf(c.grade as (typeof GRADES)[number]))
  return [...cards].sort((a, b) => rank(a) - rank(b) || b.cents - a.cents || a.id - b.id)
}

/** Which share of a is b, in whole per cent; null of nothing. */
export const share = (b: number, a: number): number | null => (a > 0 ? Math.round((b * 100) / a) : null)

/** Why something changed: what somebody wrote, or that the lead's own door refused. */
export const reasonText = (c: { reason: string; refusal: string }, t: (key: string) => string): string => (c.refusal ? t('signing.refused_reason') : c.reason)
