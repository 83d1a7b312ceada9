import { describe, expect, it } from 'vitest'
import type { RuleKey, RuleRow } from '@/api/admin'
import { asClock, byKey, fromClock } from './rules'

const rule = (id: number, key: string, value: number, from_on: string): RuleRow => ({
  id, key, zh: `甲${key}`, en: key, value, unit: 'days', from_on, source: 's', confirmed: true, can: [], masked: [],
})
const rows = [rule(3, 'quiet_days', 14, '2027-01-01'), rule(2, 'quiet_days', 10, '2026-03-01'), rule(1, 'quiet_days', 7, '2025-01-01')]
const keys: RuleKey[] = ['quiet_days', 'package.file'].map((key) => ({ key, zh: `甲${key}`, en: key, unit: 'days', min: 0, max: 99 }))

describe('the numbers of the city', () => {
  it('hold from their day until a later one of the same key', () => {
    const n = byKey(keys, rows, '2026-03-09')[0]!
    expect([n.now?.value, n.coming.map((r) => r.value), n.past.map((r) => r.value)]).toEqual([10, [14], [7]])
    expect(byKey(keys, rows, '2027-01-01')[0]!.now?.value).toBe(14)
    expect(byKey(keys, rows, '2024-01-01')[0]!.now).toBeNull()
  })
  it('are listed also while the city has set none', () => {
    expect(byKey(keys, rows, '2026-03-09').map((n) => [n.key, n.now?.value ?? null])).toEqual([['quiet_days', 10], ['package.file', null]])
  })
  it('write minutes after midnight as a clock and back', () => {
    expect([510, 0, 1440].map(asClock)).toEqual(['08:30', '00:00', '24:00'])
    expect([fromClock('08:30'), fromClock('17:45'), fromClock('')]).toEqual([510, 1065, null])
  })
})
