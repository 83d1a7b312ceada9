import { describe, expect, it } from 'vitest'
import type { Lead } from '@/api/types'
import { choose, differing, firstChoices, MERGE_FIELDS } from './merge'

const lead = (over: Partial<Lead>) => ({ title: 'A', currency: 'CNY', planned_cents: 1, at_least: [], masked: [], ...over }) as unknown as Lead

describe('a merge', () => {
  it('asks only of what differs, and of nothing that is hidden', () => {
    const names = (a: Partial<Lead>, b: Partial<Lead>) => differing(lead(a), lead(b)).map((f) => f.name)
    expect(names({}, {})).toEqual([])
    expect(names({ title: 'B', product: '激光器' }, {})).toEqual(['title', 'product'])
    expect(names({ planned_cents: 2 }, { masked: ['planned_cents'] })).toEqual([])
    expect(names({ at_least: ['planned_cents'] }, {})).toEqual(['planned_cents'])
  })
  it('proposes to keep what is known and to take what is not', () => {
    expect(firstChoices(lead({ title: 'B', product: '激光器' }), lead({ product: null }))).toEqual({ title: 'keep', product: 'take' })
  })
  it('moves currency and amounts together when the currencies differ', () => {
    const ends = lead({ currency: 'USD', planned_cents: 5, tax_cents: 3 })
    const after = choose(ends, lead({}), firstChoices(ends, lead({})), 'planned_cents', 'take')
    expect([after.currency, after.planned_cents, after.tax_cents, after.title]).toEqual(['take', 'take', 'take', undefined])
    expect(choose(lead({ tax_cents: 3 }), lead({}), {}, 'tax_cents', 'take')).toEqual({ tax_cents: 'take' })
  })
  it('knows each field once', () => {
    expect(new Set(MERGE_FIELDS).size).toBe(27)
  })
})
