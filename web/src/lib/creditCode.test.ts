import { describe, expect, it } from 'vitest'
import { creditCodeProblem, normalCreditCode } from './creditCode'

describe('creditCodeProblem', () => {
  it('accepts a code whose check sign fits, in any writing', () => {
    expect(creditCodeProblem('91350100M000100Y43')).toBe(null)
    expect(creditCodeProblem(' ９１350100-m000100y43 ')).toBe(null)
  })
  it('names what is wrong', () => {
    expect(creditCodeProblem('91350100M000100Y44')).toBe('check')
    expect(creditCodeProblem('91350100M000100Y4')).toBe('length')
    expect(creditCodeProblem('91350100I000100Y43')).toBe('sign')
  })
  it('is sent in one form', () => expect(normalCreditCode('９１350100-m000100y43')).toBe('91350100M000100Y43'))
})
