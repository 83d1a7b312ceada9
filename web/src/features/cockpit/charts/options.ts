import type { EChartsCoreOption } from 'echarts/core'
import type { LinkOf } from '../links'
import type { Palette } from './palette'

/** How a picture is drawn: colours, size of one pixel, and whether it may move. */
export interface Look { palette: Palette; k: number; still: boolean }
/** One bar: its value, what the hover says, and the list behind it. */
export interface Bar { name: string; value: number; text: string; tip: string[]; to: LinkOf | null; quiet?: boolean }

/** Lines for the hover, as text: nothing of a row may become markup. */
export function tipOf(lines: string[]): HTMLElement {
  const box = document.createElement('div')
  lines.forEach((line, i) => {
    const p = box.appendChild(document.createElement(i ? 'span' : 'b'))
    p.textContent = line
    p.style.display = 'block'
  })
  return box
}

export function base(look: Look): EChartsCoreOption {
  const { palette: p, k, still } = look
  return {
    animation: !still, animationDuration: 300, animationDurationUpdate: 200,
    textStyle: { fontFamily: p.font, fontSize: 12 * k, color: p.text2 },
    tooltip: {
      trigger: 'item', confine: true, backgroundColor: p.surface, borderColor: p.line, padding: 8 * k, transitionDuration: 0,
      textStyle: { color: p.text, fontSize: 13 * k, fontFamily: p.font }, formatter: (e: { data?: { tip?: string[] } }) => (e.data?.tip ? tipOf(e.data.tip) : ''),
    },
  }
}

const category = (look: Look, names: string[], width: number) => ({
  type: 'category', data: names, inverse: true, axisTick: { show: false }, axisLine: { show: false },
  axisLabel: { color: look.palette.text2, fontSize: 12 * look.k, width: width * look.k, overflow: 'truncate', interval: 0, margin: 8 * look.k },
})

/** Lying bars, each with its text at the end. */
export function lying(bars: Bar[], look: Look, names: number, texts: number): EChartsCoreOption {
  const { palette: p, k } = look
  return {
    ...base(look),
    grid: { left: (names + 10) * k, right: texts * k, top: 4 * k, bottom: 4 * k, outerBoundsMode: 'none' },
    xAxis: { type: 'value', show: false, min: 0, max: Math.max(1, ...bars.map((b) => b.value)) },
    yAxis: category(look, bars.map((b) => b.name), names),
    series: [{
      type: 'bar', barMaxWidth: 20 * k, barCategoryGap: '38%', cursor: 'pointer', barMinHeight: 2,
      label: { show: true, position: 'right', color: p.text, fontSize: 12 * k, fontWeight: 600, formatter: (e: { data: Bar }) => e.data.text },
      data: bars.map((b) => ({ ...b, itemStyle: { color: b.value === 0 ? 'transparent' : b.quiet ? p.text3 : p.bar, borderRadius: 2 * k } })),
    }],
  }
}

export interface AgeBar { name: string; text: string; parts: { value: number; tip: string[]; to: LinkOf | null }[] }

/** Lying bars in three parts: within the limit, soon due, over it. */
export function aged(bars: AgeBar[], look: Look, names: number, texts: number): EChartsCoreOption {
  const { palette: p, k } = look
  const colours = [p.bar, p.soon, p.late]
  const whole = bars.map((b) => b.parts.reduce((s, one) => s + one.value, 0))
  return {
    ...base(look),
    grid: { left: (names + 10) * k, right: texts * k, top: 4 * k, bottom: 4 * k, outerBoundsMode: 'none' },
    xAxis: { type: 'value', show: false, min: 0, max: Math.max(1, ...whole) },
    yAxis: category(look, bars.map((b) => b.name), names),
    series: [
      ...colours.map((colour, n) => ({
        type: 'bar', stack: 'all', barMaxWidth: 18 * k, barCategoryGap: '34%', cursor: 'pointer', itemStyle: { color: colour, borderColor: p.surface, borderWidth: 0.5 * k },
        data: bars.map((b) => ({ ...b.parts[n], value: b.parts[n]?.value ?? 0 })),
      })),
      // An empty last part carries the text, so that it stands at the end of every bar.
      { type: 'bar', stack: 'all', silent: true, data: bars.map((b) => ({ value: 0, text: b.text })), label: { show: true, position: 'right', color: p.text, fontSize: 12 * k, fontWeight: 600, formatter: (e: { data: { text: string } }) => e.data.text } },
    ],
  }
}

export interface Small { title: string; last: string; bars: Bar[] }

/** Small pictures of the same months side by side, each on its own scale. */
export function smalls(all: Small[], look: Look, columns: number): EChartsCoreOption {
  const { palette: p, k } = look
  const rows = Math.ceil(all.length / columns)
  const [wide, high] = [100 / columns, 100 / rows]
  const at = (n: number) => ({ left: `${(n % columns) * wide + 1}%`, top: `${Math.floor(n / columns) * high}%` })
  return {
    ...base(look),
    title: all.map((s, n) => ({
      ...at(n), padding: 0, itemGap: 2 * k, text: s.title, subtext: s.last,
      textStyle: { color: p.text2, fontSize: 12 * k, fontWeight: 500, fontFamily: p.font }, subtextStyle: { color: p.text, fontSize: 14 * k, fontWeight: 650, fontFamily: p.font },
    })),
    grid: all.map((_, n) => ({ ...at(n), width: `${wide - 3}%`, top: `${Math.floor(n / columns) * high + high * 0.36}%`, height: `${high * 0.44}%`, outerBoundsMode: 'none' })),
    xAxis: all.map((s, n) => ({
      gridIndex: n, type: 'category', data: s.bars.map((b) => b.name), axisTick: { show: false }, axisLine: { lineStyle: { color: p.line } },
      axisLabel: { color: p.text3, fontSize: 11 * k, interval: 0, margin: 4 * k, formatter: (name: string, i: number) => (i === 0 || i === s.bars.length - 1 ? name.slice(2) : ''), alignMinLabel: 'left', alignMaxLabel: 'right', hideOverlap: false },
    })),
    yAxis: all.map((s, n) => ({ gridIndex: n, type: 'value', show: false, min: 0, max: Math.max(1, ...s.bars.map((b) => b.value)) })),
    series: all.map((s, n) => ({
      type: 'bar', xAxisIndex: n, yAxisIndex: n, barCategoryGap: '26%', cursor: 'pointer',
      data: s.bars.map((b, i) => ({ ...b, itemStyle: { color: i === s.bars.length - 1 ? p.soon : p.bar, borderRadius: 1.5 * k } })),
    })),
  }
}

export interface Region { key: string; name: string; text: string; step: number; tip: string[]; to: LinkOf | null }

/** The schematic: each town in the colour of its step, with its name and number. */
export function townMap(shape: string, regions: Region[], look: Look): EChartsCoreOption {
  const { palette: p, k } = look
  const byKey = new Map(regions.map((r) => [r.key, r]))
  const label = (key: string) => {
    const r = byKey.get(key)
    return r ? `${r.name}\n${r.text}` : ''
  }
  return {
    ...base(look),
    series: [{
      type: 'map', map: shape, aspectScale: 1, preserveAspect: 'contain', selectedMode: false, left: 2, right: 2, top: 2, bottom: 2, cursor: 'pointer',
      label: { show: true, fontSize: 11 * k, lineHeight: 14 * k, fontFamily: p.font, formatter: (e: { name: string }) => label(e.name) },
      emphasis: { label: { show: true, fontWeight: 700 }, itemStyle: { borderColor: p.text, borderWidth: 2 * k } },
      data: regions.map((r) => ({
        name: r.key, value: r.step, tip: r.tip, to: r.to,
        itemStyle: { areaColor: p.ramp[r.step], borderColor: p.surface, borderWidth: 2.5 * k }, label: { color: p.onRamp[r.step], ...(r.name.length > 11 ? { fontSize: 10 * k } : {}) }, emphasis: { itemStyle: { areaColor: p.ramp[r.step] }, label: { color: p.onRamp[r.step] } },
      })),
    }],
  }
}
