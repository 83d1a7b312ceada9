import { expect, it } from 'vitest'
import type { Custody, CustodyBranch } from '@/api/types'
import { drawCustody, fit, slices } from './custody'

const hold = (unit_id: number, from_at: string, until: string | null, working_days: number) => ({ unit_id, from_at, until, working_days, handoff_id: null, why: '', by: null, kind: '', cause: '', state: '', objection: null, return_by: null })
const branch = (over: Partial<CustodyBranch>): CustodyBranch => ({
  handoff_id: 1, from_unit_id: 1, to_unit_id: 9, state: 'refused', offered_at: '2026-03-02T00:00:00Z', answered_at: '2026-03-03T00:00:00Z', due_at: '2026-03-05T00:00:00Z', reason: '', answer_reason: '', cause: '', ...over,
})
const chain = (branches: CustodyBranch[]): Custody => ({ items: [hold(1, '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z', 22), hold(2, '2026-04-01T00:00:00Z', null, 3)], branches })

it('draws the holders from left to right and marks the present one', () => {
  const p = drawCustody(chain([]))
  expect(p.segments.map((s) => [s.item.unit_id, s.present])).toEqual([[1, false], [2, true]])
  expect(p.segments[1]!.x).toBe(p.segments[0]!.x + p.segments[0]!.width + 10)
  expect(p.segments[0]!.width).toBeGreaterThan(p.segments[1]!.width)
})
it('hangs refused and expired offers under the unit that made them, and puts an open one ahead', () => {
  const p = drawCustody(chain([branch({}), branch({ handoff_id: 2, state: 'expired' }), branch({ handoff_id: 3, state: 'accepted' }), branch({ handoff_id: 4, state: 'offered', from_unit_id: 2, offered_at: '2026-04-02T00:00:00Z' })]))
  expect(p.segments.map((s) => s.branches.map((b) => b.branch.handoff_id))).toEqual([[1, 2], []])
  expect(p.ahead?.handoff_id).toBe(4)
  expect(p.width).toBeGreaterThan(p.aheadX)
})
it('hangs an offer under the right turn of a unit that held the lead twice', () => {
  const c: Custody = { items: [hold(1, '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', 9), hold(2, '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z', 9), hold(1, '2026-03-01T00:00:00Z', null, 9)], branches: [branch({})] }
  expect(drawCustody(c).segments.map((s) => s.branches.length)).toEqual([0, 0, 1])
})
it('cuts long names by their width', () => expect([fit('黄圃镇', 50), fit('黄圃镇人民政府', 50)]).toEqual(['黄圃镇', '黄圃镇…']))

it('cuts a long chain into rows of paper between two holders, and leaves a short one whole', () => {
  const items = Array.from({ length: 6 }, (_, i) => hold(i + 1, `2026-03-0${i + 1}T00:00:00Z`, i < 5 ? `2026-03-0${i + 2}T00:00:00Z` : null, 1))
  const picture = drawCustody({ items, branches: [] })
  const rows = slices(picture, 400)
  expect(rows.map((r) => picture.segments.filter((s) => s.x >= r.x && s.x + s.width <= r.x + r.width).length)).toEqual([2, 2, 2])
  expect(rows.at(-1)!.x + rows.at(-1)!.width).toBe(picture.width)
  expect(slices(drawCustody(chain([])), 680)).toHaveLength(1)
})
