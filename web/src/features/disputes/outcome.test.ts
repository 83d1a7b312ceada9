import { describe, expect, it } from 'vitest'
import { basisPoints, missingShare, orderOf, partyOf, percentText, phasesOf, shareProblem, type OutcomeDraft } from './outcome'

const draft = (over: Partial<OutcomeDraft>): OutcomeDraft => ({ outcome: 'shared', holder: 1, shares: [], closes: 'own', merges: false, reason: ' 依据 ', ...over })

describe('shares', () => {
  it('are read to the hundredth of a per cent, and nothing finer', () => {
    expect(['33.33', '50', '100', '0.01', '66．6'].map(basisPoints)).toEqual([3333, 5000, 10000, 1, 6660])
    expect(['0', '33.333', '100.01', '-5', '', 'half', '1e2'].map(basisPoints)).toEqual([null, null, null, null, null, null, null])
  })
  it('must make 100 % among different units, the holder one of them', () => {
    const two = (a: string, b: string, holder = 1, other = 2) => draft({ holder, shares: [{ unit: 1, percent: a }, { unit: other, percent: b }] })
    expect(shareProblem(two('66.67', '33.33'))).toBe('')
    expect(shareProblem(two('66.67', '33.34'))).toBe('share_sum')
    expect(shareProblem(two('50', '50', 3))).toBe('share_holder')
    expect(shareProblem(two('50', '50', 1, 1))).toBe('share_twice')
    expect(shareProblem(two('100', '0'))).toBe('share_range')
    expect(shareProblem(draft({ shares: [{ unit: 1, percent: '100' }] }))).toBe('share_two')
    expect(percentText(missingShare([{ unit: 1, percent: '66.66' }]))).toBe('33.34')
    expect(percentText(5000)).toBe('50')
  })
})

describe('an outcome', () => {
  it('sends only what belongs to it', () => {
    const shares = [{ unit: 1, percent: '60' }, { unit: 2, percent: '40' }]
    expect(orderOf(draft({ shares }))).toEqual({ outcome: 'shared', holder_unit_id: 1, shares: [{ unit_id: 1, percent: 60 }, { unit_id: 2, percent: 40 }], reason: '依据' })
    expect(orderOf(draft({ outcome: 'single', shares }), [7])).toEqual({ outcome: 'single', holder_unit_id: 1, member_ids: [7], reason: '依据' })
    expect(orderOf(draft({ outcome: 'duplicate', shares, merges: true }))).toEqual({ outcome: 'duplicate', closes: 'own', merges: true, reason: '依据' })
  })
})

describe('a dispute', () => {
  const d = { talk_due_at: 'a', rule_due_at: 'b', raised_at: null, outcome: null }
  const at = (over: object) => phasesOf({ ...d, ...over } as Parameters<typeof phasesOf>[0]).map((p) => p.at).join(' ')
  it('shows whose turn it is', () => {
    expect(at({ state: 'talking' })).toBe('now ahead ahead')
    expect(at({ state: 'leading' })).toBe('past past now')
    expect(at({ state: 'settled', outcome: { body: 'parties' } })).toBe('past ahead ahead')
    expect(at({ state: 'ruled', outcome: { body: 'bureau' } })).toBe('past past ahead')
  })
  it('knows for which party a person speaks', () => {
    expect(partyOf({ claimant_unit_id: 4, respondent_unit_id: 9 }, [7, 9])).toBe(9)
    expect(partyOf({ claimant_unit_id: 4, respondent_unit_id: 9 }, [7])).toBeUndefined()
  })
})
