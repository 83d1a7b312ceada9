import type { Clock } from '@/api/clocks'

/** How loud a clock is shown. */
export function toneOf(c: Pick<Clock, 'state' | 'percent'>): 'late' | 'soon' | 'done' | '' {
  if (c.state === 'overdue' || c.state === 'late') return 'late'
  if (c.state === 'met') return 'done'
  return c.state === 'running' && (c.percent ?? 0) >= 80 ? 'soon' : ''
}

/** Of what ended or ran out, how much was on time, in percent; null where nothing was owed. */
export function rateOf(row: { met: number; late: number; overdue: number }): number | null {
  const all = row.met + row.late + row.overdue
  return all === 0 ? null : Math.floor((row.met * 1000) / all) / 10
}

export interface Sum { met: number; late: number; overdue: number; cancelled: number }

export function sumOf(rows: Sum[]): Sum {
  return rows.reduce<Sum>((a, r) => ({ met: a.met + r.met, late: a.late + r.late, overdue: a.overdue + r.overdue, cancelled: a.cancelled + r.cancelled }), { met: 0, late: 0, overdue: 0, cancelled: 0 })
}

/** Days of a clock without a needless decimal, as the server rounded them. */
export function daysText(days: number): string {
  return Math.abs(days).toLocaleString(undefined, { maximumFractionDigits: 1 })
}
