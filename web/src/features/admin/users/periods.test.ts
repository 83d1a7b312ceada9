import { describe, expect, it } from 'vitest'
import { inOrder, lastDay, stateOf, untilAfter } from './periods'

describe('the time of a role', () => {
  it('is told by its last day, over the end of a month and of a year', () => {
    expect(lastDay('2026-03-01')).toBe('2026-02-28')
    expect(lastDay('2027-01-01')).toBe('2026-12-31')
    expect(lastDay(null)).toBeNull()
    expect(untilAfter('2026-02-28')).toBe('2026-03-01')
  })
  it('holds from its first day until the day before the one kept', () => {
    const p = { from_on: '2026-03-09', until_on: '2026-03-11' }
    expect(['2026-03-08', '2026-03-09', '2026-03-10', '2026-03-11'].map((d) => stateOf(p, d))).toEqual(['coming', 'now', 'now', 'over'])
  })
  it('never held when it was taken back before its first day', () => {
    expect(stateOf({ from_on: '2026-05-01', until_on: '2026-05-01' }, '2026-03-09')).toBe('over')
  })
  it('puts what holds first and the newest past before the older', () => {
    const roles = [
      { id: 1, from_on: '2024-01-01', until_on: '2025-01-01' }, { id: 2, from_on: '2027-01-01', until_on: null },
      { id: 3, from_on: '2025-06-01', until_on: null }, { id: 4, from_on: '2025-01-01', until_on: '2025-06-01' },
    ]
    expect(inOrder(roles, '2026-03-09').map((r) => r.id)).toEqual([3, 2, 4, 1])
  })
})
