import { describe, expect, it } from 'vitest'
import type { Card } from '@/api/signing'
import { addMonths, inOrder, missing, monthName, share } from './months'

describe('a month', () => {
  it('steps over the turn of the year', () => {
    expect([addMonths('2026-11', 3), addMonths('2026-02', -3), addMonths('2026-12', 0)]).toEqual(['2027-02', '2025-11', '2026-12'])
  })
  it('is named in both languages', () => {
    expect([monthName('2026-03', false), monthName('2026-03', true)]).toEqual(['2026年3月', 'Mar 2026'])
  })
})

describe('a card', () => {
  const card = (id: number, grade: string, cents: number, state = 'planned') => ({ id, grade, cents, state }) as Card
  it('stands by grade and then by amount, the signed ones first', () => {
    expect(inOrder([card(1, 'possible', 9), card(2, 'sure', 1), card(3, 'sure', 5), card(4, 'likely', 1, 'signed')]).map((c) => c.id)).toEqual([4, 3, 2, 1])
  })
  it('tells what is missing', () => {
    expect(missing({ text_agreed: true, site_ready: false, incentives_reviewed: true, legal_opinion: false, fair_competition: true } as Card)).toEqual(['site_ready', 'legal_opinion'])
  })
})

describe('a share', () => {
  it('is whole per cent, and nothing of nothing', () => {
    expect([share(1, 3), share(0, 5), share(5, 0)]).toEqual([33, 0, null])
  })
})
