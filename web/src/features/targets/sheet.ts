import type { Cell, Indicator, Tree, TreeUnit } from '@/api/targets'

// The sheet under the grid: what the server holds, what was typed over it, and
// the sums of both. It knows no page.

export type Key = string
export const keyOf = (unit: number, indicator: string, month: number): Key => `${indicator}|${unit}|${month}`
export function partsOf(key: Key): { indicator: string; unit: number; month: number } {
  const [indicator, unit, month] = key.split('|')
  return { indicator: indicator!, unit: Number(unit), month: Number(month) }
}

export interface Held { value: number | null; version: number }
/** What was typed, over the version that stood there. */
export interface Typed { value: number | null; version: number }
export interface Step { key: Key; before: Typed | undefined; after: Typed | undefined }

export interface Row { unit: TreeUnit; kind: 'unit' | 'rest'; depth: number; children: number[] }
export interface Column { indicator: Indicator; month: number; kind: 'cell' | 'left' }

export function held(cells: Cell[]): Map<Key, Held> {
  return new Map(cells.map((c) => [keyOf(c.unit_id, c.indicator, c.month ?? 0), { value: c.value, version: c.version }]))
}

/** The rows of the tree in order; under each unit with children stands what it keeps back. */
export function rowsOf(units: TreeUnit[], folded: Set<number>, whole: boolean): Row[] {
  const childs = new Map<number, TreeUnit[]>()
  for (const u of units) if (u.unit_id !== 0) childs.set(u.parent_unit_id, [...(childs.get(u.parent_unit_id) ?? []), u])
  const out: Row[] = []
  const add = (u: TreeUnit, depth: number): void => {
    const children = (childs.get(u.unit_id) ?? []).map((c) => c.unit_id)
    out.push({ unit: u, kind: 'unit', depth, children })
    if (children.length === 0 || folded.has(u.unit_id)) return
    if (whole || u.unit_id !== 0) out.push({ unit: u, kind: 'rest', depth: depth + 1, children })
    for (const c of childs.get(u.unit_id) ?? []) add(c, depth + 1)
  }
  const known = new Set(units.map((u) => u.unit_id))
  for (const u of units) if (u.unit_id === 0 || !known.has(u.parent_unit_id)) add(u, 0)
  return out
}

export type View = 'months' | 'year' | 'all'

export function columnsOf(indicators: Indicator[], view: View, chosen: string): Column[] {
  const own = indicators.filter((i) => i.value_source !== 'derived')
  if (view === 'year') return own.map((i) => ({ indicator: i, month: 0, kind: 'cell' }))
  const of = view === 'all' ? own : own.filter((i) => i.code === chosen)
  return of.flatMap((i) => [
    { indicator: i, month: 0, kind: 'cell' } as Column,
    { indicator: i, month: 0, kind: 'left' } as Column,
    ...Array.from({ length: 12 }, (_, m): Column => ({ indicator: i, month: m + 1, kind: 'cell' })),
  ])
}

export class Sheet {
  private steps: Step[][] = []
  private undone: Step[][] = []

  constructor(public base: Map<Key, Held>, public typed: Map<Key, Typed> = new Map()) {}

  value(key: Key): number | null {
    const t = this.typed.get(key)
    return t ? t.value : (this.base.get(key)?.value ?? null)
  }

  /** Types values over cells: one step to undo. */
  set(changes: { key: Key; value: number | null }[]): void {
    const step: Step[] = []
    for (const { key, value } of changes) {
      if (this.value(key) === value) continue
      const stands = this.base.get(key)
      const same = (stands?.value ?? null) === value
      step.push({ key, before: this.typed.get(key), after: same ? undefined : { value, version: this.typed.get(key)?.version ?? stands?.version ?? 0 } })
    }
    if (step.length === 0) return
    this.play(step, 'after')
    this.steps.push(step)
    this.undone = []
  }

  undo(): Step[] | null {
    const step = this.steps.pop()
    if (!step) return null
    this.play(step, 'before')
    this.undone.push(step)
    return step
  }

  redo(): Step[] | null {
    const step = this.undone.pop()
    if (!step) return null
    this.play(step, 'after')
    this.steps.push(step)
    return step
  }

  /** What was typed stands now on the server, or was given up. */
  settle(keys: Iterable<Key>): void {
    for (const key of keys) this.typed.delete(key)
    this.steps = []
    this.undone = []
  }

  /** What a unit keeps beyond those under it; nothing where nobody has a target. */
  rest(row: Row, indicator: string, month: number): number | null {
    return less(this.value(keyOf(row.unit.unit_id, indicator, month)), row.children.map((c) => this.value(keyOf(c, indicator, month))))
  }

  /** What a year keeps beyond its months. */
  left(unit: number, indicator: string): number | null {
    return less(this.value(keyOf(unit, indicator, 0)), Array.from({ length: 12 }, (_, m) => this.value(keyOf(unit, indicator, m + 1))))
  }

  private play(step: Step[], side: 'before' | 'after'): void {
    for (const s of step) {
      const to = s[side]
      if (to) this.typed.set(s.key, to)
      else this.typed.delete(s.key)
    }
  }
}

function less(own: number | null, parts: (number | null)[]): number | null {
  if (own === null && parts.every((v) => v === null)) return null
  return parts.reduce<number>((left, v) => left - (v ?? 0), own ?? 0)
}

export type Why = '' | 'city' | 'bureau' | 'submitted' | 'closed' | 'sum' | 'edition'

/** Why a cell cannot be edited; empty when it can. */
export function whyNot(tree: Tree, row: Row, column: Column, corrects: boolean): Why {
  if (row.kind === 'rest' || column.kind === 'left') return 'sum'
  const u = row.unit
  if (u.edits === 'none') return u.why === 'none' ? 'bureau' : u.why
  if (u.edits === 'months' && column.month === 0) return 'bureau'
  if (column.month > 0 && tree.closed_months.includes(column.month) && !corrects) return 'closed'
  return ''
}
