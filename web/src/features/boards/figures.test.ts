import { describe, expect, it } from 'vitest'
import { barLength, chartMonths, inOrder, listBehind, months, nextMonth, share, shortAmount, sum } from './figures'

const yuan = (n: number) => n * 100
const t = (key: string, count = 1) => ({ key, count, known: count, sum_cents: count * 100 })

describe('a figure of a board', () => {
  it('is short, with the exact amount left to the hover', () => {
    expect(shortAmount(yuan(123_456_789_000))).toBe('1,234.6 亿元')
    expect(shortAmount(yuan(350_000_000))).toBe('3.5 亿元')
    expect(shortAmount(yuan(123_456_789))).toBe('1.23 亿元')
    expect(shortAmount(yuan(80_004_999))).toBe('8,000 万元')
    expect(shortAmount(0)).toBe('0 元')
    expect(shortAmount(yuan(350_000_000), true)).toBe('¥350 m')
    expect(shortAmount(yuan(2_639_000_000), true)).toBe('¥2.64 bn')
  })

  it('says its share as people read it', () => {
    expect([share(1, 3), share(1, 1000), share(0, 5), share(0, 0), share(5, 5)]).toEqual(['33%', '<1%', '0%', '0%', '100%'])
  })

  it('has a bar that is never invisible unless there is nothing', () => {
    expect([barLength(0, 10), barLength(1, 1000), barLength(5, 10), barLength(1, 0)]).toEqual([0, 1, 50, 0])
  })

  it('adds up', () => {
    expect(sum([t('a', 2), t('b', 3)])).toEqual({ count: 5, known: 5, sum_cents: 500 })
  })

  it('opens the list behind it, also for leads that do not say', () => {
    expect(listBehind('stage', 'to_sign')).toEqual({ path: '/leads', query: { stage: 'to_sign' } })
    expect(listBehind('unit', '12')).toEqual({ path: '/leads', query: { unit_id: '12' } })
    expect(listBehind('month', '2026-03')).toEqual({ path: '/leads', query: { sign_month: '2026-03' } })
    expect(listBehind('chain', '')).toEqual({ path: '/leads', query: { chain: 'none' } })
  })
})

describe('an order of tallies', () => {
  it('keeps the given order and fills what is missing with zero', () => {
    expect(inOrder([t('b', 2)], ['a', 'b']).map((x) => [x.key, x.count])).toEqual([['a', 0], ['b', 2]])
  })

  it('has every month between the first and the last, the present one included', () => {
    expect(nextMonth('2026-12')).toBe('2027-01')
    expect(months([t('2026-01'), t('2025-11'), t('')], '2026-02-10').map((x) => [x.key, x.count])).toEqual([
      ['2025-11', 1], ['2025-12', 0], ['2026-01', 1], ['2026-02', 0],
    ])
    expect(months([t('')], '2026-02-10')).toEqual([])
  })

  it('shows the months around the present one when not all fit', () => {
    const all = months([t('2024-01'), t('2026-12')], '2026-03-09')
    const shown = chartMonths(all, '2026-03-09', 12).map((x) => x.key)
    expect(shown).toHaveLength(12)
    expect(shown[0]).toBe('2025-09')
    expect(shown).toContain('2026-03')
  })
})
