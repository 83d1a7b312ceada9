import type { Dimension, Figures, Pipeline, Tally } from '@/api/boards'
import { formatAmount } from '@/lib/amount'

/** An amount for a board: three or four figures are enough, the exact one is on hover. */
export function shortAmount(cents: number, english = false): string {
  const yuan = cents / 100
  const [size, digits] = yuan >= 1e8 ? [1e8, yuan >= 1e10 ? 1 : 2] : yuan >= 1e4 ? [1e4, 0] : [1, 0]
  if (english) return formatAmount(Number((yuan).toPrecision(3)) * 100, 'CNY', true)
  const factor = 10 ** digits
  return formatAmount(Math.round((Math.round((yuan / size) * factor) / factor) * size * 100), 'CNY', false)
}

/** The part of the whole, as people read it: 12%, <1%, 0%. */
export function share(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return '0%'
  const p = (part / whole) * 100
  return p < 1 ? '<1%' : `${Math.round(p)}%`
}

/** The bar's length in per cent; what is there is never invisible. */
export function barLength(value: number, max: number): number {
  if (value <= 0 || max <= 0) return 0
  return Math.max(1, Math.round((value / max) * 1000) / 10)
}

export function sum(items: Figures[]): Figures {
  return items.reduce<Figures>((a, b) => ({ count: a.count + b.count, known: a.known + b.known, sum_cents: a.sum_cents + b.sum_cents }), { count: 0, known: 0, sum_cents: 0 })
}

/** The tallies in a given order; what nobody counted is zero. */
export function inOrder(items: Tally[], keys: string[]): Tally[] {
  const found = new Map(items.map((i) => [i.key, i]))
  return keys.map((key) => found.get(key) ?? { key, count: 0, known: 0, sum_cents: 0 })
}

/** Every month from the first to the last that has a figure, without gaps. */
export function months(items: Tally[], today: string): Tally[] {
  const keys = items.map((i) => i.key).filter((k) => /^\d{4}-\d{2}$/.test(k))
  if (keys.length === 0) return []
  const all = [...keys, today.slice(0, 7)].sort()
  const out: string[] = []
  for (let m = all[0] ?? ''; m <= (all[all.length - 1] ?? '') && out.length < 240; m = nextMonth(m)) out.push(m)
  return inOrder(items, out)
}

export function nextMonth(m: string): string {
  const [year = 0, month = 0] = m.split('-').map(Number)
  return month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, '0')}`
}

/** The months that fit a chart: the latest ones, with the present one in sight. */
export function chartMonths(all: Tally[], today: string, fit: number): Tally[] {
  if (all.length <= fit) return all
  const now = all.findIndex((m) => m.key === today.slice(0, 7))
  const first = Math.max(0, Math.min(all.length - fit, now - Math.floor(fit / 2)))
  return all.slice(first, first + fit)
}

const NAMES: Record<Dimension, string> = { stage: 'stage', unit: 'unit_id', chain: 'chain', month: 'sign_month' }

/** The list behind a figure. "none" asks for leads that do not say. */
export function listBehind(by: Dimension, key: string): { path: string; query: Record<string, string> } {
  return { path: '/leads', query: { [NAMES[by]]: key === '' ? 'none' : key } }
}

/** The largest values, by which bars are measured. */
export function scale(items: Figures[]): { count: number; cents: number } {
  return { count: Math.max(0, ...items.map((i) => i.count)), cents: Math.max(0, ...items.map((i) => i.sum_cents)) }
}

/** Whether some amount of the whole is not known. */
export function partial(p: Pick<Pipeline, 'total'>): boolean {
  return p.total.known < p.total.count
}
