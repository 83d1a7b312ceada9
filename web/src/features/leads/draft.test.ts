import { describe, expect, it } from 'vitest'
import { fillFromDraft } from './draft'

const opened = { to: null, reason: '', ask: '', parts: ['contacts', 'files', 'notes'] }
const draft = { to_unit_id: 7, reason: '模具配套在黄圃', ask: '提供厂房两处', parts: ['contacts'] }

describe('a draft that arrives after the dialog opened', () => {
  it('fills a form that nobody touched', () => {
    expect(fillFromDraft(opened, opened, draft)).toEqual({ to: 7, reason: '模具配套在黄圃', ask: '提供厂房两处', parts: ['contacts'] })
  })

  it('never overwrites what was typed or chosen meanwhile', () => {
    const typed = { to: 9, reason: '', ask: 'Two sites of 30 mu', parts: ['contacts', 'files'] }
    expect(fillFromDraft(typed, opened, draft)).toEqual({ to: 9, reason: '模具配套在黄圃', ask: 'Two sites of 30 mu', parts: ['contacts', 'files'] })
  })
})
