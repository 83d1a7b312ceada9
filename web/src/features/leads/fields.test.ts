import { expect, it } from 'vitest'
import { fieldOf } from '@/features/lifecycle/useNextGate'
import { changeOf } from './fields'

it('marks the fields that the gate asks for; floor space stands in for land', () => {
  expect([{ kind: 'field', name: 'track' }, { kind: 'field', name: 'site_need' }, { kind: 'file', name: 'permit' }].map(fieldOf)).toEqual(['track', 'land_sqm', ''])
})
it('makes an emptied field unknown', () => {
  expect(changeOf('product', '')).toEqual({ product: null })
  expect(changeOf('binding', false)).toEqual({ binding: false })
})
