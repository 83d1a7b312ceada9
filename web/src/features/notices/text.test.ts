import { describe, expect, it } from 'vitest'
import { placeOf, sentenceOf } from './text'

describe('a notice', () => {
  it('leads to the hand-off it is about, in the box where it lies', () => {
    expect(placeOf({ kind: 'handoff.offered', handoff_id: 7 })).toBe('/handoffs?id=7')
    expect(placeOf({ kind: 'handoff.refused', handoff_id: 7 })).toBe('/handoffs?box=out&id=7')
    expect(placeOf({ kind: 'stage.changed', handoff_id: null })).toBeNull()
  })
  it('is told by its topic when its kind is unknown, and not at all when it is withheld', () => {
    expect(sentenceOf({ kind: 'clock.warned', topic: 'clock' }, () => true)).toBe('notices.kind.clock.warned')
    expect(sentenceOf({ kind: 'clock.tuned', topic: 'clock' }, () => false)).toBe('notices.topic_news.clock')
    expect(sentenceOf({ kind: '', topic: '' }, () => true)).toBe('notices.withheld')
  })
})
