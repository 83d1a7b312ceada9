import { describe, expect, it } from 'vitest'
import type { Indicator, TreeUnit } from '@/api/targets'
import { columnsOf, keyOf, rowsOf, Sheet, type Held } from './sheet'
import { fromTSV, read, shown, toTSV, written } from './values'

const unit = (unit_id: number, parent_unit_id: number): TreeUnit => ({ unit_id, parent_unit_id, kind: 'town', name_zh: `${unit_id}`, name_en: `${unit_id}`, edits: 'year', why: 'none' })
const units = [unit(0, 0), unit(1, 0), unit(2, 1), unit(3, 1)]
const base = (): Map<string, Held> => new Map([
  [keyOf(0, 'N', 0), { value: 10, version: 1 }], [keyOf(1, 'N', 0), { value: 6, version: 2 }], [keyOf(2, 'N', 0), { value: 2, version: 1 }],
])

describe('the sheet of targets', () => {
  it('shows under each unit with children what it keeps back', () => {
    expect(rowsOf(units, new Set(), true).map((r) => `${r.kind} ${r.unit.unit_id} ${r.depth}`)).toEqual(['unit 0 0', 'rest 0 1', 'unit 1 1', 'rest 1 2', 'unit 2 2', 'unit 3 2'])
    expect(rowsOf(units, new Set([1]), false).map((r) => `${r.kind} ${r.unit.unit_id}`)).toEqual(['unit 0', 'unit 1'])
  })
  it('adds up what is typed at once, and takes it back and forth', () => {
    const s = new Sheet(base())
    const [city, , town] = rowsOf(units, new Set(), true)
    s.set([{ key: keyOf(1, 'N', 0), value: 8 }, { key: keyOf(1, 'N', 3), value: 5 }])
    expect([s.rest(city!, 'N', 0), s.rest(town!, 'N', 0), s.left(1, 'N')]).toEqual([2, 6, 3])
    expect(s.typed.get(keyOf(1, 'N', 0))).toEqual({ value: 8, version: 2 })
    s.undo()
    expect([s.rest(city!, 'N', 0), s.typed.size]).toEqual([4, 0])
    s.redo()
    s.set([{ key: keyOf(1, 'N', 0), value: 6 }])
    expect([...s.typed.keys()]).toEqual([keyOf(1, 'N', 3)])
  })
  it('shows too much given out as a remainder below zero', () => {
    const s = new Sheet(base())
    s.set([{ key: keyOf(1, 'N', 0), value: 11 }])
    expect(s.rest(rowsOf(units, new Set(), true)[0]!, 'N', 0)).toBe(-1)
  })
  it('has a year, what is left of it, and twelve months of each indicator', () => {
    const i = { code: 'N', value_source: 'counted' } as Indicator
    const rate = { code: 'R', value_source: 'derived' } as Indicator
    expect(columnsOf([i, rate], 'all', '').length).toBe(14)
    expect(columnsOf([i, rate], 'year', '').length).toBe(1)
  })
})

describe('values', () => {
  it('reads what people write and what they paste', () => {
    for (const [typed, cents] of [['3.5亿', 35_000_000_000], ['8000万', 8_000_000_000], ['1,234.567891', 1_234_567_891], ['', null], ['12', 12_000_000], ['１２', 12_000_000]] as const) {
      expect(read(typed, 'cents_cny')).toEqual({ ok: true, value: cents })
    }
    for (const typed of ['about 3', '-1', '1.23', '99999999999999999']) expect(read(typed, 'count').ok).toBe(false)
    expect(read('12', 'count')).toEqual({ ok: true, value: 12 })
  })
  it('writes so that it reads the same', () => {
    for (const cents of [0, 1, 12_345_678_901, 999_999_999_999_999]) expect(read(written(cents, 'cents_cny'), 'cents_cny')).toEqual({ ok: true, value: cents })
    expect(shown(12_345_678_901, 'cents_cny')).toBe('12,345.678901')
    expect(shown(-5, 'count')).toBe('-5')
  })
  it('goes to a spreadsheet and back', () => {
    const rows = [['1', '2'], ['', '3.5亿']]
    expect(fromTSV(toTSV(rows))).toEqual(rows)
    expect(fromTSV('1\t2\r\n3\t4\r\n')).toEqual([['1', '2'], ['3', '4']])
  })
})
