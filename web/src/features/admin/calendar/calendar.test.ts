import { describe, expect, it } from 'vitest'
import { readLines, weeksOf } from './calendar'

describe('the office calendar', () => {
  it('begins its weeks on Monday and marks what differs from the week', () => {
    const entry = { date: '2026-02-14', working: true, name: '春节调休上班', source: 'notice', version: 1, changed_at: null }
    const weeks = weeksOf(2026, 2, new Map([[entry.date, entry]]))
    expect(weeks.length).toBe(5)
    expect(weeks[0]!.map((c) => c?.date ?? 0)).toEqual([0, 0, 0, 0, 0, 0, 1])
    expect(weeks[2]!.map((c) => c?.working)).toEqual([true, true, true, true, true, true, false])
    expect(weeks[2]![5]!.named?.name).toBe('春节调休上班')
    expect(weeks[4]!.filter((c) => c).length).toBe(6)
  })
  it('reads pasted lines and tells which it cannot read', () => {
    expect(readLines('2027-01-01 休 元旦\n\n2027/1/3，班，元旦调休上班\n2027年2月7日 work Spring Festival')).toEqual({
      days: [
        { date: '2027-01-01', working: false, name: '元旦' },
        { date: '2027-01-03', working: true, name: '元旦调休上班' },
        { date: '2027-02-07', working: true, name: 'Spring Festival' },
      ],
      bad: [],
    })
    expect(readLines('2027-02-30 休 无\n元旦\n2027-01-01 休').bad).toEqual([1, 2, 3])
  })
})
