/** A month as a picture for a slide: 1920 × 1080, in words and colours of its own, since a slide has no dark side. */
export interface MonthPicture {
  title: string
  state: string
  /** The figures of the identity, with the signs between them. */
  figures: { sign: string; label: string; value: string; note: string }[]
  heads: [string, string, string, string]
  rows: { cells: [string, string, string, string]; signed: boolean }[]
  /** What the rows leave out, in words; empty for nothing. */
  more: string
  unitsHead: string
  units: { name: string; value: string; actual: number; signed: number }[]
  foot: string
}

export const WIDTH = 1920
export const HEIGHT = 1080
/** How many projects and units fit. */
export const ROWS = 12
const EDGE = 72
const ink = { text: '#16202a', soft: '#43505b', line: '#dde2e6', box: '#eef1f3', accent: '#0e5a72', done: '#1b6b3a', bar: '#9dc3d0' }
const face = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'

type Pen = Pick<CanvasRenderingContext2D, 'fillText' | 'fillRect' | 'measureText' | 'font' | 'fillStyle' | 'textAlign' | 'textBaseline'>

/** The text as far as it fits. */
export function fitted(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text
  let n = text.length
  while (n > 0 && measure(`${text.slice(0, n)}…`) > width) n--
  return n > 0 ? `${text.slice(0, n)}…` : ''
}

function write(pen: Pen, text: string, at: { x: number; y: number; size: number; width: number; bold?: boolean; colour?: string; right?: boolean }): void {
  pen.font = `${at.bold ? 650 : 400} ${at.size}px ${face}`
  pen.fillStyle = at.colour ?? ink.text
  pen.textAlign = at.right ? 'right' : 'left'
  pen.textBaseline = 'alphabetic'
  pen.fillText(fitted(text, at.width, (s) => pen.measureText(s).width), at.x, at.y)
}

/** A figure is never cut: the size at which it fits. */
function sizeOf(pen: Pen, text: string, width: number): number {
  let size = 36
  for (pen.font = `650 ${size}px ${face}`; size > 16 && pen.measureText(text).width > width; pen.font = `650 ${size}px ${face}`) size--
  return size
}

function drawFigures(pen: Pen, p: MonthPicture): void {
  const width = (WIDTH - 2 * EDGE - 40 * (p.figures.length - 1)) / p.figures.length
  p.figures.forEach((f, n) => {
    const x = EDGE + n * (width + 40)
    if (f.sign) write(pen, f.sign, { x: x - 30, y: 262, size: 32, width: 30, colour: ink.soft })
    pen.fillStyle = ink.box
    pen.fillRect(x, 190, width, 124)
    write(pen, f.label, { x: x + 20, y: 226, size: 22, width: width - 40, colour: ink.soft })
    write(pen, f.value, { x: x + 20, y: 270, size: sizeOf(pen, f.value, width - 40), width: width - 40, bold: true, colour: n === p.figures.length - 1 ? ink.accent : ink.text })
    write(pen, f.note, { x: x + 20, y: 301, size: 20, width: width - 40, colour: ink.soft })
  })
}

function drawProjects(pen: Pen, p: MonthPicture): void {
  const columns = [{ x: EDGE, width: 430 }, { x: 684, width: 170, right: true }, { x: 712, width: 216 }, { x: 944, width: 220 }]
  const line = (cells: readonly string[], y: number, more: { bold?: boolean; colour?: string; size: number }) =>
    cells.forEach((c, n) => write(pen, c, { ...columns[n]!, ...more, y }))
  line(p.heads, 372, { size: 21, bold: true, colour: ink.soft })
  p.rows.slice(0, ROWS).forEach((r, n) => {
    const y = 418 + n * 46
    pen.fillStyle = ink.line
    pen.fillRect(EDGE, y - 32, 1092, 1)
    line(r.cells, y, { size: 24, colour: r.signed ? ink.done : ink.text })
  })
  if (p.more) write(pen, p.more, { x: EDGE, y: 418 + ROWS * 46, size: 22, width: 1092, colour: ink.soft })
}

function drawUnits(pen: Pen, p: MonthPicture): void {
  const most = Math.max(1, ...p.units.map((u) => u.actual))
  write(pen, p.unitsHead, { x: 1212, y: 372, size: 21, width: 636, bold: true, colour: ink.soft })
  p.units.slice(0, ROWS).forEach((u, n) => {
    const y = 418 + n * 46
    write(pen, u.name, { x: 1212, y, size: 24, width: 216 })
    pen.fillStyle = ink.bar
    pen.fillRect(1440, y - 20, Math.round((u.actual / most) * 248), 24)
    pen.fillStyle = ink.done
    pen.fillRect(1440, y - 20, Math.round((u.signed / most) * 248), 24)
    write(pen, u.value, { x: WIDTH - EDGE, y, size: 24, width: 150, right: true })
  })
}

/** Draws the picture. */
export function draw(pen: Pen, p: MonthPicture): void {
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, WIDTH, HEIGHT)
  pen.fillStyle = ink.accent
  pen.fillRect(EDGE, 62, 10, 64)
  write(pen, p.title, { x: EDGE + 30, y: 112, size: 52, width: WIDTH - 2 * EDGE, bold: true })
  write(pen, p.state, { x: EDGE, y: 164, size: 24, width: WIDTH - 2 * EDGE, colour: ink.soft })
  drawFigures(pen, p)
  drawProjects(pen, p)
  drawUnits(pen, p)
  write(pen, p.foot, { x: EDGE, y: HEIGHT - 36, size: 20, width: WIDTH - 2 * EDGE, colour: ink.soft })
}

/** The picture as a PNG file. */
export function png(p: MonthPicture): Promise<Blob> {
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = HEIGHT
  const pen = canvas.getContext('2d')
  if (!pen) return Promise.reject(new Error('no canvas'))
  draw(pen, p)
  return new Promise((done, fail) => canvas.toBlob((b) => (b ? done(b) : fail(new Error('no picture'))), 'image/png'))
}
