import { describe, expect, it } from 'vitest'
import { chosen, differences, firstChoice } from './compare'

describe('two people who edit one row', () => {
  const before = { product: 'a', step: 'x', note: null, summary: 's' }
  const rows = differences(['product', 'step', 'note', 'summary'], before, { ...before, product: 'mine', step: 'y' }, { ...before, product: 'theirs', note: 'n' })

  it('see who changed which field', () => {
    expect(rows).toEqual([
      { name: 'product', before: 'a', mine: 'mine', theirs: 'theirs', by: 'both' },
      { name: 'step', before: 'x', mine: 'y', theirs: 'x', by: 'me' },
      { name: 'note', before: null, mine: null, theirs: 'n', by: 'them' },
    ])
  })
  it('lose nothing by the choice that is offered first', () => {
    expect(firstChoice(rows)).toEqual({ product: 'mine', step: 'mine', note: 'theirs' })
    expect(chosen(rows, firstChoice(rows))).toEqual({ product: 'mine', step: 'y' })
  })
  it('may choose each field, and take back what the other wrote', () => {
    expect(chosen(rows, { product: 'theirs', step: 'mine', note: 'mine' })).toEqual({ step: 'y', note: null })
  })
  it('need no choice where both wrote the same', () => {
    expect(differences(['product'], { product: 'a' }, { product: 'b' }, { product: 'b' })).toEqual([])
  })
})
