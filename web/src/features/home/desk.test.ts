import { describe, expect, it } from 'vitest'
import type { Handoff, Lead } from '@/api/types'
import { byNextStep, byWeight, dayAfter, dueOf, knownSum, lateOnes, monthOf, quietDays } from './desk'

const lead = (over: Partial<Lead>) => ({ id: 1, next_step_on: null, planned_cents: null, currency: 'CNY', ...over }) as Lead

describe('a next step', () => {
  it('is late, due today or soon', () => {
    expect(dueOf('2026-03-05', '2026-03-09')).toEqual({ kind: 'late', days: 4 })
    expect(dueOf('2026-03-09', '2026-03-09')).toEqual({ kind: 'today', days: 0 })
    expect(dueOf('2026-03-11', '2026-03-09')).toEqual({ kind: 'soon', days: 2 })
  })

  it('that was promised first stands first', () => {
    const list = [lead({ id: 1, next_step_on: '2026-03-11' }), lead({ id: 2, next_step_on: '2026-03-05' })]
    expect(byNextStep(list).map((l) => l.id)).toEqual([2, 1])
    expect(lateOnes(list, '2026-03-09')).toBe(1)
  })
})

describe('the workbench', () => {
  it('counts quiet days by the calendar of China', () => {
    expect(quietDays({ activity_at: '2026-02-27T16:30:00Z' }, '2026-03-09')).toBe(9)
  })

  it('adds only amounts that are known and in CNY', () => {
    expect(knownSum([lead({ planned_cents: 500 }), lead({}), lead({ planned_cents: 900, currency: 'USD' })])).toEqual({ cents: 500, known: 1 })
  })

  it('shows what came back before what was taken', () => {
    const h = (id: number, state: string, answered_at: string) => ({ id, state, answered_at, due_at: '' }) as Handoff
    expect(byWeight([h(1, 'accepted', '2026-03-09'), h(2, 'refused', '2026-03-01'), h(3, 'expired', '2026-03-05')]).map((x) => x.id)).toEqual([3, 2, 1])
  })

  it('counts days on over the end of a month', () => {
    expect([dayAfter('2026-02-27', 3), dayAfter('2026-12-31', 1), dayAfter('2026-03-09', 0)]).toEqual(['2026-03-02', '2027-01-01', '2026-03-09'])
  })

  it('knows the ends of a month', () => {
    expect(monthOf('2028-02-10')).toEqual(['2028-02-01', '2028-02-29'])
    expect(monthOf('2026-12-31')).toEqual(['2026-12-01', '2026-12-31'])
  })
})
