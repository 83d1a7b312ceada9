import { describe, expect, it } from 'vitest'
import { asked, behind, sliceOf, sliceText } from './links'

describe('a slice', () => {
  it('stands in the address as kind and key, and anything else is the whole city', () => {
    expect([sliceOf('town:12'), sliceOf('unit:5'), sliceOf('chain:new_energy')]).toEqual([{ town: '12' }, { unit: '5' }, { chain: 'new_energy' }])
    expect([sliceOf(''), sliceOf('town:'), sliceOf('person:3'), sliceOf('12')]).toEqual([{}, {}, {}, {}])
    expect([sliceText({ town: '12' }), sliceText({})]).toEqual(['town:12', ''])
  })
})

describe('the list behind a figure', () => {
  it('has the measure alone for the whole city today', () => {
    expect(behind({ as_of: '', slice: {} }, 'leads.new')).toEqual({ path: '/cockpit/list', query: { measure: 'leads.new' } })
  })
  it('keeps the day, the slice and what narrows it, zero included', () => {
    expect(behind({ as_of: '2026-10-31', slice: { town: '12' } }, 'leads.in_talks', { band_from: 0, month: null, stage: undefined }).query)
      .toEqual({ measure: 'leads.in_talks', as_of: '2026-10-31', slice: 'town:12', band_from: '0' })
  })
  it('asks the server with the slice by its own name', () => {
    expect(asked({ measure: 'stuck', slice: 'unit:5', as_of: '2026-10-31', stage: ['a', 'b'], empty: '' })).toEqual({ measure: 'stuck', unit: '5', as_of: '2026-10-31' })
  })
})
