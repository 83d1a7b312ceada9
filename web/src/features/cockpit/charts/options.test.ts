import { describe, expect, it } from 'vitest'
import { aged, lying, smalls, tipOf, townMap, type Look } from './options'

const look: Look = { k: 2, still: true, palette: { text: '#111', text2: '#222', text3: '#333', surface: '#fff', line: '#ddd', bar: '#05a', soon: '#d80', late: '#b00', font: 'x', ramp: ['r0', 'r1', 'r2', 'r3', 'r4'], onRamp: ['t0', 't1', 't2', 't3', 't4'] } }
const bar = (value: number) => ({ name: `n${value}`, value, text: `${value} 项`, tip: ['a'], to: { path: '/cockpit/list', query: { measure: 'm' } } })

describe('a picture', () => {
  it('moves only for who likes motion, and grows with the screen', () => {
    const o = lying([bar(1)], look, 80, 100) as { animation: boolean; grid: { left: number } }
    expect([o.animation, o.grid.left]).toEqual([false, 180])
    expect((lying([bar(1)], { ...look, still: false }, 80, 100) as { animation: boolean }).animation).toBe(true)
  })
  it('keeps at every part the list behind it', () => {
    const o = lying([bar(1), bar(3)], look, 80, 100) as { series: { data: { to: unknown }[] }[] }
    expect(o.series[0]?.data.map((d) => d.to)).toEqual([bar(1).to, bar(3).to])
  })
  it('shows the three ages one behind the other, with the text at the end', () => {
    const part = (value: number) => ({ value, tip: [], to: null })
    const o = aged([{ name: 's', text: '9 项', parts: [part(5), part(3), part(1)] }], look, 80, 100) as { series: { data: { value: number; text?: string }[] }[]; xAxis: { max: number } }
    expect(o.series.map((s) => s.data[0]?.value)).toEqual([5, 3, 1, 0])
    expect([o.series[3]?.data[0]?.text, o.xAxis.max]).toEqual(['9 项', 9])
  })
  it('gives each small picture its own scale', () => {
    const o = smalls([{ title: 'a', last: '1', bars: [bar(4)] }, { title: 'b', last: '2', bars: [bar(70)] }], look, 2) as { yAxis: { max: number }[] }
    expect(o.yAxis.map((y) => y.max)).toEqual([4, 70])
  })
  it('colours a town by its step, and its name so that it can be read upon it', () => {
    const o = townMap('x', [{ key: '7', name: '甲', text: '3', step: 4, tip: [], to: null }], look) as { series: { data: { name: string; itemStyle: { areaColor: string }; label: { color: string } }[] }[] }
    expect(o.series[0]?.data[0]).toMatchObject({ name: '7', itemStyle: { areaColor: 'r4' }, label: { color: 't4' } })
  })
  it('never reads a name as markup', () => {
    expect(tipOf(['<img src=x onerror=1>', 'b']).innerHTML).toBe('<b style="display: block;">&lt;img src=x onerror=1&gt;</b><span style="display: block;">b</span>')
  })
})
