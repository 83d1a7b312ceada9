// Where the picture of the chain of custody puts things. Pure, so that it can
// be tested without a browser.
import type { Custody, CustodyBranch, CustodyItem } from '@/api/types'

export interface Segment { item: CustodyItem; x: number; width: number; present: boolean; branches: Twig[] }
export interface Twig { branch: CustodyBranch; x: number; y: number; open: boolean }
export interface Picture { segments: Segment[]; ahead: CustodyBranch | null; aheadX: number; width: number; height: number }

export const LINE_Y = 40
const FIRST_TWIG = 104
const TWIG_STEP = 40
const AHEAD_WIDTH = 170

/** Lays the chain out; narrow is for a phone. A bar is never shorter than its name. */
export function drawCustody(c: Custody, narrow = false, name: (unit: number) => string = () => ''): Picture {
  let x = 12
  const [least, most] = narrow ? [128, 190] : [150, 300]
  const ahead = c.branches.find((b) => b.state === 'offered') ?? null
  const twigs = c.branches.filter((b) => b.state !== 'offered' && b.state !== 'accepted')
  const segments = c.items.map<Segment>((item, i) => {
    const mine = twigs.filter((b) => belongs(b, item, c.items[i + 1]))
    const needed = Math.min(260, textWidth(name(item.unit_id))) + (item.until === null ? 84 : 12)
    const width = Math.round(Math.max(needed, Math.min(most, least + 22 * Math.log2(1 + item.working_days))) + (mine.length ? 30 : 0))
    const at = x
    x += width + 10
    return {
      item, x: at, width, present: item.until === null,
      branches: mine.map((branch, n) => ({ branch, x: at + 16 + n * 12, y: FIRST_TWIG + n * TWIG_STEP, open: false })),
    }
  })
  const rows = Math.max(0, ...segments.map((s) => s.branches.length))
  return { segments, ahead, aheadX: x, width: x + (ahead ? AHEAD_WIDTH : 0) + 12, height: rows ? FIRST_TWIG + rows * TWIG_STEP : 86 }
}

/** A stretch of the picture, as a paper shows it in one row. */
export interface Slice { x: number; width: number }

/** Cuts the picture between two holders wherever a row of the paper is full. */
export function slices(p: Picture, row: number): Slice[] {
  const out: Slice[] = []
  let from = 0
  for (const [i, s] of p.segments.entries()) {
    const end = p.segments[i + 1] ? s.x + s.width + 8 : p.width
    if (end - from > row && s.x - 10 > from) {
      out.push({ x: from, width: s.x - 10 - from })
      from = s.x - 10
    }
  }
  out.push({ x: from, width: p.width - from })
  return out
}

function belongs(b: CustodyBranch, item: CustodyItem, next: CustodyItem | undefined): boolean {
  return b.from_unit_id === item.unit_id && b.offered_at >= item.from_at && (!next || b.offered_at < next.from_at)
}

/** About how wide a bold text of 14 px is. */
export function textWidth(text: string): number {
  return [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 255 ? 14.5 : 8.6), 0)
}

/** Cuts a name to what fits; the whole name is in the title and in the table. */
export function fit(name: string, width: number): string {
  let used = 0
  let out = ''
  for (const c of name) {
    used += textWidth(c)
    if (used > width) return `${out}…`
    out += c
  }
  return out
}
