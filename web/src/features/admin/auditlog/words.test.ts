import { describe, expect, it } from 'vitest'
import { auditQuery, familyOf, hiddenBecause, valueText, type Names } from './words'

const names: Names = {
  unit: (id) => `单位${id}`, stage: (c) => `阶段${c}`, chain: (c) => `链${c}`, track: (c) => `类${c}`, location: (c) => `地${c}`, park: (id) => (id === 7 ? '七号园' : ''),
  word: (list, code) => `${list}:${code}`, amount: (cents) => `${cents / 100} 元`, yes: '是', no: '否',
}

describe('a change in the audit log', () => {
  it('is told with names instead of numbers and codes', () => {
    const cases: [string, string, string][] = [
      ['unit_id', '4', '单位4'], ['to_unit_id', '14', '单位14'], ['parent_id', '3', '单位3'], ['unit_id', '0', ''], ['stage', 'review', '阶段review'], ['state', 'offered', 'handoff_state:offered'],
      ['role', 'some_role', 'role:some_role'], ['planned_cents', '350', '3.5 元'], ['confirmed', 'true', '是'], ['active', 'false', '否'], ['park_id', '7', '七号园'], ['park_id', '8', '8'],
      ['text', '', ''], ['due_at', '2026-12-03T09:30:00Z', '2026-12-03 17:30'], ['next_step', '准入评审会', '准入评审会'], ['location_code', '442000103', '地442000103'],
    ]
    for (const [field, value, want] of cases) expect(valueText(field, value, names), `${field} ${value}`).toBe(want)
  })
  it('says whether a value is hidden with a restricted lead or was never kept', () => {
    const secret = { field: 'phone', before: '', after: '', secret: true }
    expect(hiddenBecause({ masked: [] }, secret)).toBe('contact')
    expect(hiddenBecause({ masked: ['changes', 'reason'] }, secret)).toBe('restricted')
    expect(hiddenBecause({ masked: [] }, { ...secret, secret: false })).toBeNull()
  })
})

describe('the filters of the audit log', () => {
  it('take days as from and until, and leave empty ones out', () => {
    const url: Record<string, string> = { kind: 'lead', 'on.gte': '2026-03-01', 'on.lte': '2026-03-09', who: 'x', user_id: '' }
    expect(auditQuery((name) => url[name] ?? '')).toEqual({ kind: 'lead', from: '2026-03-01', until: '2026-03-09' })
  })
  it('know the family of a kind', () => {
    expect([familyOf('lead.stage_changed'), familyOf('lead')]).toEqual(['lead', 'lead'])
  })
})
