import { describe, expect, it } from 'vitest'
import { amountOf, bandName, boundsOf, exactOf, stepOf, valueOf } from './figures'

const YI = 100_000_000_00
const f = (sum_cents: number, known = 1, count = 2) => ({ count, known, sum_cents })

describe('a figure', () => {
  it('is told in 亿 and 万, exactly on the hover, and as a dash when no amount is known', () => {
    expect([amountOf(f(35 * YI), false), amountOf(f(8_000_0000_00), false), amountOf(f(0, 0), false)]).toEqual(['35 亿元', '8,000 万元', '—'])
    expect([amountOf(f(35 * YI), true), exactOf(f(123_456_789_01), false), exactOf(f(123_456_789_01), true)]).toEqual(['¥3.5 bn', '123,456,789.01 元', '123,456,789.01 CNY'])
  })
  it('counts projects or yuan', () => {
    expect([valueOf(f(35 * YI), 'count'), valueOf(f(35 * YI), 'amount')]).toEqual([2, 3_500_000_000])
  })
})

describe('a band', () => {
  const words = { below: (x: string) => `<${x}`, from: (x: string) => `>${x}`, unknown: '?' }
  const band = (from_cents: number | null, until_cents: number | null) => ({ from_cents, until_cents, count: 0, known: 0, sum_cents: 0 })
  it('is named by its ends', () => {
    const bands = [band(0, YI), band(YI, 5 * YI), band(50 * YI, 100 * YI), band(100 * YI, null), band(null, null)]
    expect(bands.map((b) => bandName(b, false, words))).toEqual(['<1 亿', '1–5 亿', '50–100 亿', '>100 亿', '?'])
    expect(bands.map((b) => bandName(b, true, words))).toEqual(['<¥100 m', '¥100 m – ¥500 m', '¥5 bn – ¥10 bn', '>¥10 bn', '?'])
  })
})

describe('the steps of the schematic', () => {
  it('cut what there is into four, and leave nothing apart', () => {
    expect(boundsOf([0, 3, 47])).toEqual([10, 25, 35])
    expect([0, 1, 10, 11, 26, 36, 47].map((v) => stepOf(v, [10, 25, 35]))).toEqual([0, 1, 1, 2, 3, 4, 4])
  })
  it('are fewer when there is little', () => {
    expect([boundsOf([]), boundsOf([0, 0]), boundsOf([1])]).toEqual([[], [], []])
    expect([stepOf(1, []), boundsOf([2]), boundsOf([3])]).toEqual([1, [1], [1, 2]])
  })
})
