import { describe, expect, it } from 'vitest'
import { ApiError } from '@/api/error'
import { grantProblem } from './grantProblem'

const refused = (code: string, more: Record<string, unknown> = {}) => new ApiError(409, { code, detail: `sentence of ${code}`, ...more })

describe('a refused grant', () => {
  it('is explained at the role when the role is what does not fit', () => {
    for (const code of ['membership.role_unit_mismatch', 'membership.two_administrators', 'membership.exists']) {
      expect(grantProblem(refused(code)).at).toEqual({ role: `sentence of ${code}` })
    }
  })
  it('names the administrator role that the person holds already', () => {
    expect(grantProblem(refused('membership.two_administrators', { role: 'some_role' })).role).toBe('some_role')
    expect(grantProblem(refused('membership.role_unit_mismatch', { role: 'some_role' })).role).toBe('')
  })
  it('stands at the unit when the unit is closed', () => {
    expect(grantProblem(refused('membership.unit_closed'))).toEqual({ at: { unit_id: 'sentence of membership.unit_closed' }, foot: '', role: '' })
  })
  it('stands at the foot when nothing in the form can mend it', () => {
    expect(grantProblem(refused('membership.self'))).toEqual({ at: {}, foot: 'sentence of membership.self', role: '' })
  })
  it('keeps field errors at their fields', () => {
    const e = refused('input.invalid', { fields: [{ name: 'until_on', code: 'date.before_start', message: 'too early' }] })
    expect(grantProblem(e)).toEqual({ at: { until_on: 'too early' }, foot: '', role: '' })
  })
  it('is nothing without an error', () => {
    expect(grantProblem(null)).toEqual({ at: {}, foot: '', role: '' })
  })
})
