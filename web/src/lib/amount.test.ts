import { describe, expect, it } from 'vitest'
import { amountText, exactAmount, formatAmount, muToSqm, parseAmount, sqmToMu } from './amount'

const yuan = (s: string) => {
  const p = parseAmount(s)
  return p.ok ? p.cents / 100 : p.problem
}

describe('parseAmount reads amounts as people write them', () => {
  it.each([
    ['3.5亿', 350_000_000], ['8000万', 80_000_000], ['1,200 万元', 12_000_000], ['１，２００万元', 12_000_000], ['３．５亿', 350_000_000],
    ['三亿五千万', 350_000_000], ['3亿5000万元', 350_000_000], ['五千万', 50_000_000], ['5千万', 50_000_000], ['十万', 100_000],
    ['二十五亿', 2_500_000_000], ['1.2万亿', 1_200_000_000_000], ['叁仟伍佰万圆整', 35_000_000], ['约2亿元', 200_000_000],
    ['8000w', 80_000_000], ['350 million', 350_000_000], ['1.5bn', 1_500_000_000], ['500', 500], ['0', 0], ['12.34元', 12.34],
    ['三万零五百', 30_500], ['一百零五', 105], ['¥600000', 600_000], ['人民币 2 亿', 200_000_000],
  ])('%s', (text, expected) => expect(yuan(text)).toBe(expected))

  it.each([
    ['', 'unreadable'], ['abc', 'unreadable'], ['3亿5', 'unreadable'], ['3亿5千', 'unreadable'], ['1.2.3万', 'unreadable'],
    ['-5万', 'negative'], ['负5万', 'negative'], ['0.001元', 'too_fine'], ['99999万亿', 'too_large'], ['五五', 55], ['万', 'unreadable'],
  ])('%s is %s', (text, expected) => expect(yuan(text)).toBe(expected))

  it('tells a currency and a number without a unit', () => {
    expect(parseAmount('1200万美元')).toEqual({ ok: true, cents: 1_200_000_000, currency: 'USD', bare: false })
    expect(parseAmount('500')).toEqual({ ok: true, cents: 50_000, currency: null, bare: true })
  })
})

describe('amounts are shown short and exact', () => {
  it('in Chinese units', () => {
    expect(formatAmount(35_000_000_000)).toBe('3.5 亿元')
    expect(formatAmount(800_000_000_0)).toBe('8,000 万元')
    expect(formatAmount(50_000)).toBe('500 元')
    expect(formatAmount(120_000_000_000, 'USD')).toBe('12 亿美元')
  })
  it('in English', () => expect(formatAmount(35_000_000_000, 'CNY', true)).toBe('¥350 m'))
  it('to the 元', () => expect(exactAmount(35_000_000_000)).toBe('350,000,000 元'))
  it('and can be typed again', () => {
    for (const cents of [35_000_000_000, 8_000_000_000, 50_000, 1_234_500_000, 12_345]) {
      const p = parseAmount(amountText(cents))
      expect(p.ok && p.cents).toBe(cents)
    }
  })
})

describe('land is typed in 亩 and kept in square metres', () => {
  it('both ways', () => {
    expect(muToSqm(15)).toBe(10_000)
    expect(sqmToMu(10_000)).toBe(15)
  })
})
