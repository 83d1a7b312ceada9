import { describe, expect, it } from 'vitest'
import { placeOf, sentenceOf } from './text'

describe('a notice', () => {
  it('leads to the hand-off it is about, in the box where it lies', () => {
    expect(placeOf({ kind: 'handoff.offered', handoff_id: 7, object: '', object_id: 0 })).toBe('/handoffs?id=7')
    expect(placeOf({ kind: 'handoff.refused', handoff_id: 7, object: '', object_id: 0 })).toBe('/handoffs?box=out&id=7')
    expect(placeOf({ kind: 'stage.changed', handoff_id: null, object: '', object_id: 0 })).toBeNull()
  })
  it('of a dispute leads to its page, also without a lead that may be read', () => {
    expect(placeOf({ kind: 'dispute.ruled', handoff_id: null, object: 'dispute', object_id: 12 })).toBe('/disputes/12')
  })
  it('is told by its topic when its kind is unknown, and not at all when it is withheld', () => {
    expect(sentenceOf({ kind: 'clock.warned', topic: 'clock' }, () => true)).toBe('notices.kind.clock.warned')
    expect(sentenceOf({ kind: 'clock.tuned', topic: 'clock' }, () => false)).toBe('notices.topic_news.clock')
    expect(sentenceOf({ kind: '', topic: '' }, () => true)).toBe('notices.withheld')
  })
})
