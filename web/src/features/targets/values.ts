import type { Indicator } from '@/api/targets'
import { parseAmount } from '@/lib/amount'

// Values are whole numbers of the smallest unit; people write 万元, 万美元, ㎡
// and pieces. 亿 and 万 may stand behind a number of money.

export type Measure = Indicator['unit']
export const MAX = 999_999_999_999_999

export const scaleOf = (unit: Measure): number => (unit === 'cents_cny' || unit === 'cents_usd' ? 1_000_000 : 1)

/** What a person would type to get the value again. */
export function written(value: number | null | undefined, unit: Measure): string {
  if (value === null || value === undefined) return ''
  const scale = scaleOf(unit)
  if (scale === 1) return String(value)
  const sign = value < 0 ? '-' : ''
  const n = Math.abs(value)
  const rest = n % scale
  const head = `${sign}${Math.floor(n / scale)}`
  return rest === 0 ? head : `${head}.${String(rest).padStart(6, '0').replace(/0+$/, '')}`
}

/** The same with separators, for reading. */
export function shown(value: number | null | undefined, unit: Measure): string {
  const [head, rest] = written(value, unit).split('.')
  if (!head) return ''
  const grouped = head.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return rest ? `${grouped}.${rest}` : grouped
}

/** Worked-out figures, rounded: a forecast to the cent says more than it knows. */
export function rounded(value: number | null | undefined, unit: Measure): string {
  if (value === null || value === undefined) return ''
  const n = value / scaleOf(unit)
  return n.toLocaleString('en', { maximumFractionDigits: scaleOf(unit) === 1 || Math.abs(n) >= 100 ? 0 : 1 })
}

export type Read = { ok: true; value: number | null } | { ok: false }

/** Reads what was typed or pasted; empty takes the target back. */
export function read(typed: string, unit: Measure): Read {
  const text = typed.normalize('NFKC').replace(/[\s,，']/g, '')
  if (text === '' || text === '—' || text === '-') return { ok: true, value: null }
  const plain = /^(\d{1,15})(?:\.(\d{1,6})0*)?$/.exec(text)
  const scale = scaleOf(unit)
  if (plain) {
    if (scale === 1) return plain[2] && Number(plain[2]) > 0 ? { ok: false } : within(BigInt(plain[1]!))
    return within(BigInt(plain[1]!) * BigInt(scale) + BigInt((plain[2] ?? '').padEnd(6, '0')))
  }
  if (scale === 1) return { ok: false }
  const amount = parseAmount(text)
  return amount.ok ? within(BigInt(amount.cents)) : { ok: false }
}

function within(n: bigint): Read {
  return n > BigInt(MAX) ? { ok: false } : { ok: true, value: Number(n) }
}

/** Rows and cells of a table from a spreadsheet program. */
export function fromTSV(text: string): string[][] {
  const rows = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n')
  return rows.map((line) => line.split('\t').map((cell) => cell.replace(/^"([\s\S]*)"$/, '$1').replace(/""/g, '"')))
}

export const toTSV = (rows: string[][]): string => rows.map((r) => r.join('\t')).join('\n')
