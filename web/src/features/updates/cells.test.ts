import { beforeEach, describe, expect, it } from 'vitest'
import { carried, keepDrafts, loadDrafts, read, shown, waitingHere } from './cells'

const today = '2026-11-24'

describe('a cell reads what people type', () => {
  it.each([
    ['amount', '800w', { number: 800_000_000, words: '' }], ['amount', '1.2亿', { number: 12_000_000_000, words: '' }], ['amount', '0', { number: 0, words: '' }],
    ['amount', '５００万', { number: 500_000_000, words: '' }], ['amount', '-5万', null], ['amount', '3万美元', null], ['amount', '', { number: null, words: '' }],
    ['count', '1,200', { number: 1200, words: '' }], ['count', '十', null], ['text', ' 主体封顶 ', { number: null, words: '主体封顶' }], ['text', '<b>', null],
    ['day', '2026-12-01', { number: null, words: '2026-12-01' }], ['day', '12.1', { number: null, words: '2026-12-01' }], ['day', '3月5日', { number: null, words: '2027-03-05' }],
    ['day', '1215', { number: null, words: '2026-12-15' }], ['day', '2-30', null], ['day', '明天', null],
  ] as const)('%s: %s', (kind, typed, expected) => expect(read({ kind }, typed, today)).toEqual(expected))

  it('and shows it so that it can be typed again', () => {
    expect(shown({ kind: 'amount' }, { number: 800_000_000, words: '' }, false)).toBe('800 万元')
    expect(read({ kind: 'amount' }, '800 万元', today)).toEqual({ number: 800_000_000, words: '' })
    expect(shown({ kind: 'amount' }, { number: 0, words: '' }, false)).toBe('0')
  })
})

describe('no change', () => {
  it('is nothing more of what is added up, and the same of what stands', () => {
    const prior = { period: '2026-10', number: 90, words: '', stale: false }
    expect(carried({ carry: 'zero' }, { prior })).toEqual({ number: 0, words: '' })
    expect(carried({ carry: 'last' }, { prior })).toEqual({ number: 90, words: '' })
    expect(carried({ carry: 'last' }, { prior: null })).toEqual({ number: null, words: '' })
  })
})

describe('drafts stay in this browser, of one person alone', () => {
  beforeEach(() => localStorage.clear())
  it('until they are taken', () => {
    keepDrafts(7, 3, '2026-11', { '1.jobs': { number: 5, words: '', same: false, version: 0, state: 'sending', problem: '' } })
    expect(loadDrafts(7, 3, '2026-11')['1.jobs']?.state).toBe('waiting')
    expect(waitingHere(8, 3, '2026-11')).toBe(0)
    keepDrafts(7, 3, '2026-11', {})
    expect(localStorage.length).toBe(0)
  })
})
