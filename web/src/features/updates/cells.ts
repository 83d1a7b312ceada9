import type { UpdateCell, UpdateField } from '@/api/updates'
import { formatAmount, parseAmount } from '@/lib/amount'

/** What a cell holds: a number (amounts in 分) or words; neither when empty. */
export interface Value { number: number | null; words: string }
export interface Draft extends Value {
  same: boolean
  /** The version that the writer saw. */
  version: number
  state: 'waiting' | 'sending' | 'failed' | 'clash'
  problem: string
  theirs?: Value & { version: number; who: string; at: string }
}
export type Drafts = Record<string, Draft>

export const EMPTY: Value = { number: null, words: '' }
export const keyOf = (lead: number, field: string) => `${lead}.${field}`
export const isEmpty = (v: Value) => v.number === null && v.words === ''
export const equal = (a: Value, b: Value) => a.number === b.number && a.words === b.words

/** How a value is shown, and typed again. */
export function shown(f: Pick<UpdateField, 'kind'>, v: Value, english: boolean): string {
  if (isEmpty(v)) return ''
  if (f.kind === 'amount') return v.number === 0 ? '0' : formatAmount(v.number ?? 0, 'CNY', english)
  return f.kind === 'count' ? String(v.number) : v.words
}

/** Reads what was typed; null when it makes no sense in this column. */
export function read(f: Pick<UpdateField, 'kind'>, typed: string, today: string): Value | null {
  const s = typed.normalize('NFKC').trim()
  if (s === '') return EMPTY
  if (f.kind === 'amount') {
    const p = parseAmount(s)
    return p.ok && (p.currency ?? 'CNY') === 'CNY' ? { number: p.cents, words: '' } : null
  }
  if (f.kind === 'count') return /^\d{1,8}$/.test(s.replace(/,/g, '')) ? { number: Number(s.replace(/,/g, '')), words: '' } : null
  if (f.kind === 'day') return day(s, today)
  return s.length <= 500 && !/[<>]/.test(s) ? { number: null, words: typed.trim() } : null
}

/** Days as people type them: 2026-12-01, 12-1, 12.1, 12月1日, 1201; without a year the next such day. */
function day(s: string, today: string): Value | null {
  const m = /^(?:(\d{4})[-./年])?(\d{1,2})[-./月](\d{1,2})日?$/.exec(s) ?? /^(\d{4})?(\d{2})(\d{2})$/.exec(s)
  if (!m) return null
  const [month, date] = [Number(m[2]), Number(m[3])]
  const in_ = (year: number) => `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`
  let found = in_(m[1] ? Number(m[1]) : Number(today.slice(0, 4)))
  if (!m[1] && found < today) found = in_(Number(today.slice(0, 4)) + 1)
  const real = new Date(`${found}T00:00:00Z`)
  return !Number.isNaN(real.getTime()) && real.toISOString().slice(0, 10) === found ? { number: null, words: found } : null
}

/** What "no change" means for a figure. */
export function carried(f: Pick<UpdateField, 'carry'>, c: Pick<UpdateCell, 'prior'>): Value {
  if (f.carry === 'zero') return { number: 0, words: '' }
  return c.prior ? { number: c.prior.number, words: c.prior.words } : EMPTY
}

/** The month in words: 9月, Sep. */
export function monthText(period: string, english: boolean): string {
  const n = Number(period.slice(5))
  return english ? (['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][n - 1] ?? period) : `${n}月`
}

const nameOf = (user: number, unit: number, period: string) => `lr.updates.${user}.${unit}.${period}`

/** What was typed and not yet taken by the server, of one person. */
export function loadDrafts(user: number, unit: number, period: string): Drafts {
  try {
    const kept = JSON.parse(localStorage.getItem(nameOf(user, unit, period)) ?? '{}') as Drafts
    for (const d of Object.values(kept)) if (d.state === 'sending') d.state = 'waiting'
    return kept
  } catch {
    return {}
  }
}

export function keepDrafts(user: number, unit: number, period: string, drafts: Drafts): void {
  const name = nameOf(user, unit, period)
  if (Object.keys(drafts).length) localStorage.setItem(name, JSON.stringify(drafts))
  else localStorage.removeItem(name)
}

/** How many cells of a person wait in this browser, for a unit and period. */
export const waitingHere = (user: number, unit: number, period: string): number => Object.keys(loadDrafts(user, unit, period)).length
