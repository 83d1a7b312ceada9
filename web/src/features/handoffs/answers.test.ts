import { describe, expect, it } from 'vitest'
import { ApiError } from '@/api/error'
import type { Handoff } from '@/api/types'
import { answeringUnit, answersTo, byDeadline, chosenStates, endedMeanwhile, overtakenBy, statesOf } from './answers'

describe('answers to an offer', () => {
  it('are those the row allows, in a fixed order', () => {
    expect(answersTo({ can: ['refuse', 'accept', 'read'] })).toEqual(['accept', 'refuse'])
    expect(answersTo({ can: [] })).toEqual([])
  })

  it('are given for the receiving unit, and taken back for the giving one', () => {
    const h = { from_unit_id: 3, to_unit_id: 8 }
    expect(answeringUnit(h, 'accept')).toBe(8)
    expect(answeringUnit(h, 'refuse')).toBe(8)
    expect(answeringUnit(h, 'withdraw')).toBe(3)
  })

  it('tell who was faster', () => {
    const answered = (state: unknown) => new ApiError(409, { code: 'handoff.answered', state, to_unit_id: 8 })
    expect(overtakenBy(answered('accepted'))).toBe('accepted')
    expect(overtakenBy(answered('withdrawn'))).toBe('withdrawn')
    expect(overtakenBy(answered(undefined))).toBe('gone')
    expect(overtakenBy(new ApiError(409, { code: 'handoff.expired' }))).toBe('expired')
    expect(overtakenBy(new ApiError(404, { code: 'handoff.unknown' }))).toBe('gone')
    expect(overtakenBy(new ApiError(400, { code: 'input.invalid' }))).toBeNull()
    expect(overtakenBy(new Error('x'))).toBeNull()
  })

  it('tell who was faster also when the page hears of it before the answer is sent', () => {
    const h = (state: string, can: string[], by?: number) => ({ id: 7, state, can, answered_by: by ? { id: by } : null }) as unknown as Handoff
    const open = h('offered', ['accept', 'refuse'])
    expect(endedMeanwhile(open, h('accepted', [], 2), 1)).toBe('accepted')
    expect(endedMeanwhile(open, h('accepted', [], 1), 1)).toBeNull()
    expect(endedMeanwhile(open, open, 1)).toBeNull()
    expect(endedMeanwhile(undefined, h('accepted', [], 2), 1)).toBeNull()
    expect(endedMeanwhile({ ...open, id: 8 }, h('expired', []), 1)).toBeNull()
  })
})

describe('a box', () => {
  it('leaves to the receiver only what is open or accepted', () => {
    expect(statesOf('in')).toEqual(['offered', 'accepted', 'completed', 'passed_on', 'returned'])
    expect(chosenStates('in', ['refused', 'accepted', 'nonsense'])).toEqual(['accepted'])
    expect(chosenStates('out', ['withdrawn', 'offered'])).toEqual(['offered', 'withdrawn'])
  })

  it('shows the most urgent offer first', () => {
    const h = (id: number, due_at: string) => ({ id, due_at }) as Handoff
    expect(byDeadline([h(1, '2026-03-12T09:00:00Z'), h(3, '2026-03-10T09:00:00Z'), h(2, '2026-03-10T09:00:00Z')]).map((x) => x.id)).toEqual([2, 3, 1])
  })
})
