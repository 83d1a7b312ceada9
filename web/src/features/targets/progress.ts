import type { Progress, ProgressItem } from '@/api/targets'

export type Column = 'name' | 'target' | 'actual' | 'completion_ppm' | 'behind_ppm' | 'year_on_year_ppm' | 'forecast' | 'gap' | 'gap_per_month'
export const COLUMNS: Column[] = ['target', 'actual', 'completion_ppm', 'behind_ppm', 'year_on_year_ppm', 'forecast', 'gap', 'gap_per_month']

/** Parts per million as a percentage with one decimal. */
export const percent = (ppm: number | null | undefined, sign = false): string =>
  ppm === null || ppm === undefined ? '' : `${sign && ppm > 0 ? '+' : ''}${(Math.round(ppm / 1000) / 10).toFixed(1)}%`

/** The rows of one indicator in a group, sorted; the city stays on top and the unknown below. */
export function linesOf(p: Progress, indicator: string, group: string, by: Column, up: boolean, name: (unit: number) => string): ProgressItem[] {
  const members = p.groups.find((g) => g.code === group)?.unit_ids
  const items = p.items.filter((i) => i.indicator === indicator && (i.unit_id === 0 || !members || members.includes(i.unit_id)))
  const order = new Map(p.units.map((u, n) => [u.unit_id, n]))
  return items.sort((a, b) => {
    if (a.unit_id === 0 || b.unit_id === 0) return a.unit_id === 0 ? -1 : 1
    if (by === 'name') return (up ? 1 : -1) * name(a.unit_id).localeCompare(name(b.unit_id), 'zh')
    const x = a[by] ?? null
    const y = b[by] ?? null
    if (x === null || y === null) return x === y ? order.get(a.unit_id)! - order.get(b.unit_id)! : x === null ? 1 : -1
    return (up ? x - y : y - x) || order.get(a.unit_id)! - order.get(b.unit_id)!
  })
}
