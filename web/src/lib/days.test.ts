import { describe, expect, it } from 'vitest'
import { dayWithWeek, daysBetween, inChina, monthsAround, today, workingDaysLeft } from './days'

describe('days are meant in China', () => {
  it('shows an instant of the evening before as the next day', () => {
    expect(inChina('2026-03-08T16:30:00Z').format('YYYY-MM-DD HH:mm')).toBe('2026-03-09 00:30')
    expect(today(new Date('2026-03-08T16:30:00Z'))).toBe('2026-03-09')
  })
  it('lists the months around a day, the latest first', () => {
    expect(monthsAround('2026-12-31', 1, 2)).toEqual(['2027-02', '2027-01', '2026-12', '2026-11'])
    expect(monthsAround('', 1, 2)).toEqual([])
  })
  it('names the day of the week', () => {
    expect(dayWithWeek('2026-03-09', false)).toBe('2026-03-09 周一')
    expect(dayWithWeek('2026-03-09', true)).toBe('2026-03-09 Mon')
  })
  it('counts days', () => expect(daysBetween('2026-02-27', '2026-03-02')).toBe(3))
})

describe('workingDaysLeft', () => {
  const friday = new Date('2026-03-06T02:00:00Z')
  it('leaves the weekend out', () => expect(workingDaysLeft(friday, '2026-03-10T02:00:00Z', new Map())).toBe(2))
  it('follows holidays and make-up days', () => {
    const calendar = new Map([['2026-03-07', true], ['2026-03-09', false]])
    expect(workingDaysLeft(friday, '2026-03-10T02:00:00Z', calendar)).toBe(2)
  })
  it('is zero on the last day and after it', () => {
    expect(workingDaysLeft(friday, '2026-03-06T09:00:00Z', new Map())).toBe(0)
    expect(workingDaysLeft(friday, '2026-03-05T09:00:00Z', new Map())).toBe(0)
  })
})
