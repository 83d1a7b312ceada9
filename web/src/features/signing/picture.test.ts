import { describe, expect, it } from 'vitest'
import { draw, fitted, HEIGHT, ROWS, WIDTH, type MonthPicture } from './picture'

const many = (n: number): MonthPicture => ({
  title: '2026年11月签约', state: '计划已于 2026-10-25 冻结', foot: '截至 2026-11-23', heads: ['项目', '计划投资', '落地单位', '把握'], more: '另 3 项', unitsHead: '按落地单位',
  figures: ['', '−', '+', '±', '='].map((sign) => ({ sign, label: '冻结计划', value: '11.93 亿元', note: '6 项' })),
  rows: Array.from({ length: n }, (_, i) => ({ cells: [`很长很长很长很长很长很长很长很长很长很长很长的项目名称 ${i}`, '4.1 亿元', '翠亨', '确定'], signed: i === 0 })),
  units: Array.from({ length: n }, (_, i) => ({ name: `单位${i}`, value: '1 亿元', actual: 100 - i, signed: 10 })),
})

describe('the picture of a month', () => {
  it('keeps everything inside the slide, whatever the month holds', () => {
    for (const n of [0, 1, 40]) {
      const texts: { text: string; x: number; y: number; right: boolean }[] = []
      const boxes: number[][] = []
      const pen = {
        font: '', fillStyle: '', textAlign: 'left' as CanvasTextAlign, textBaseline: 'alphabetic' as CanvasTextBaseline,
        measureText: (s: string) => ({ width: [...s].length * 24 }) as TextMetrics,
        fillText(text: string, x: number, y: number) { texts.push({ text, x, y, right: this.textAlign === 'right' }) },
        fillRect: (...box: number[]) => { boxes.push(box) },
      }
      draw(pen, many(n))
      const outside = texts.filter((one) => {
        const width = [...one.text].length * 24
        return one.y > HEIGHT || (one.right ? one.x - width < 0 || one.x > WIDTH : one.x < 0 || one.x + width > WIDTH)
      })
      expect(outside).toEqual([])
      expect(boxes.filter(([x = 0, y = 0, w = 0, h = 0]) => x + w > WIDTH || y + h > HEIGHT || w < 0)).toEqual([])
      expect(texts.filter((one) => one.text.startsWith('单位')).length).toBe(Math.min(n, ROWS))
    }
  })
  it('cuts what is too long and shows that it did', () => {
    const measure = (s: string) => s.length
    expect([fitted('短', 5, measure), fitted('一二三四五六', 4, measure), fitted('一二', 0, measure)]).toEqual(['短', '一二三…', ''])
  })
})
