import type { Band, Figures } from '@/api/cockpit'
import { shortAmount } from '@/features/boards/figures'
import { exactAmount } from '@/lib/amount'

export type By = 'count' | 'amount'

/** 12 items · 35.2 亿元, or the amount alone where a word for the items stands elsewhere. */
export function amountOf(f: Figures, english: boolean): string {
  return f.known > 0 ? shortAmount(f.sum_cents, english) : '—'
}
export function exactOf(f: Figures, english: boolean): string {
  return f.known > 0 ? exactAmount(f.sum_cents, 'CNY', english) : '—'
}
export const valueOf = (f: Figures, by: By): number => (by === 'count' ? f.count : f.sum_cents / 100)

export const YI = 100_000_000_00

/** 5–10 亿, below 1 亿, from 100 亿; English in millions and billions of yuan. */
export function bandName(b: Band, english: boolean, words: { below: (x: string) => string; from: (x: string) => string; unknown: string }): string {
  if (b.from_cents === null) return words.unknown
  const say = (cents: number) => (english ? (cents >= 10 * YI ? `¥${cents / YI / 10} bn` : `¥${(cents / YI) * 100} m`) : `${cents / YI} 亿`)
  if (b.from_cents === 0) return b.until_cents === null ? say(0) : words.below(say(b.until_cents))
  if (b.until_cents === null) return words.from(say(b.from_cents))
  return english ? `${say(b.from_cents)} – ${say(b.until_cents)}` : `${b.from_cents / YI}–${b.until_cents / YI} 亿`
}

/** The step of a value between nothing and the largest one: 0 for nothing, then 1 to 4. */
export function stepOf(value: number, bounds: number[]): number {
  if (value <= 0) return 0
  const at = bounds.findIndex((b) => value <= b)
  return at < 0 ? bounds.length + 1 : at + 1
}

/** Three round bounds that cut what there is into four steps. */
export function boundsOf(values: number[]): number[] {
  const max = Math.max(0, ...values)
  if (max <= 0) return []
  const out = [0.25, 0.5, 0.75].map((part) => round(max * part))
  return [...new Set(out)].filter((b) => b > 0 && b < max)
}

function round(n: number): number {
  if (n < 4) return Math.max(1, Math.floor(n))
  const size = 10 ** Math.floor(Math.log10(n))
  const fine = size >= 10 ? size / 2 : 1
  return Math.round(n / fine) * fine
}
