import dayjs from 'dayjs'
import utc from 'dayjs/plugin/utc'

dayjs.extend(utc)

export interface Period { from_on: string; until_on: string | null }
export type PeriodState = 'now' | 'coming' | 'over'

// The server keeps the first day on which a role no longer holds; people
// speak of the last day on which it does.

/** The last day of a role that stops holding on the given day. */
export function lastDay(until: string | null): string | null {
  return until ? dayjs.utc(until).subtract(1, 'day').format('YYYY-MM-DD') : null
}
/** The day from which a role with this last day no longer holds. */
export function untilAfter(last: string): string {
  return dayjs.utc(last).add(1, 'day').format('YYYY-MM-DD')
}
export function stateOf(p: Period, today: string): PeriodState {
  if (p.until_on !== null && (p.until_on <= today || p.until_on <= p.from_on)) return 'over'
  return p.from_on > today ? 'coming' : 'now'
}
/** What holds first, then what is to come, then the past with its newest first. */
export function inOrder<T extends Period>(list: T[], today: string): T[] {
  const rank = { now: 0, coming: 1, over: 2 }
  return [...list].sort((a, b) => {
    const by = rank[stateOf(a, today)] - rank[stateOf(b, today)]
    return by || (stateOf(a, today) === 'over' ? b.from_on.localeCompare(a.from_on) : a.from_on.localeCompare(b.from_on))
  })
}
