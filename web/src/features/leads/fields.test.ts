import { expect, it } from 'vitest'
import type { Lead } from '@/api/types'
import { changeOf, completeness } from './fields'

const lead = (over: Partial<Lead>) => ({ stage: 'negotiating', masked: [], fixed_assets_cents: null, output_cents: 0, tax_cents: null, land_sqm: null, floor_sqm: 900, location_code: '442000', ...over }) as Lead

it('names what is not known yet; zero is known, a floor stands in for land', () => {
  expect(completeness(lead({}))).toEqual({ wanted: 5, missing: ['fixed_assets_cents', 'tax_cents'] })
})
it('does not ask for what the reader may not see', () => {
  expect(completeness(lead({ masked: ['fixed_assets_cents', 'tax_cents'] })).missing).toEqual([])
})
it('asks nothing in later stages', () => expect(completeness(lead({ stage: 'aftercare' }))).toEqual({ wanted: 0, missing: [] }))
it('makes an emptied field unknown', () => {
  expect(changeOf('product', '')).toEqual({ product: null })
  expect(changeOf('binding', false)).toEqual({ binding: false })
})
