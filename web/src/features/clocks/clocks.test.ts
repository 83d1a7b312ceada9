import { describe, expect, it } from 'vitest'
import { daysText, rateOf, sumOf, toneOf } from './clocks'

describe('clocks', () => {
  it('are loud only when they are nearly over or over', () => {
    expect(toneOf({ state: 'running', percent: 79 })).toBe('')
    expect(toneOf({ state: 'running', percent: 80 })).toBe('soon')
    expect(toneOf({ state: 'paused', percent: 95 })).toBe('')
    expect(toneOf({ state: 'overdue', percent: 130 })).toBe('late')
    expect(toneOf({ state: 'met', percent: null })).toBe('done')
  })
  it('give a rate that does not flatter, and none where nothing was owed', () => {
    expect(rateOf({ met: 0, late: 0, overdue: 0 })).toBeNull()
    expect(rateOf({ met: 2, late: 1, overdue: 0 })).toBe(66.6)
    expect(rateOf({ met: 1999, late: 1, overdue: 0 })).toBe(99.9)
    expect(rateOf({ met: 3, late: 0, overdue: 0 })).toBe(100)
  })
  it('add up', () => {
    expect(sumOf([{ met: 1, late: 2, overdue: 3, cancelled: 4 }, { met: 10, late: 20, overdue: 30, cancelled: 40 }])).toEqual({ met: 11, late: 22, overdue: 33, cancelled: 44 })
    expect(daysText(-2.5)).toBe('2.5')
    expect(daysText(3)).toBe('3')
  })
})
