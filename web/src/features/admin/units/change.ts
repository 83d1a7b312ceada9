import type { UnitChange, UnitRow } from '@/api/admin'

export interface UnitForm {
  name_zh: string
  name_en: string
  short_zh: string
  parent_id: number | null
  confirmed: boolean
  note: string
}

export function formOf(u: UnitRow): UnitForm {
  return { name_zh: u.name_zh, name_en: u.name_en, short_zh: u.short_zh, parent_id: u.parent_id, confirmed: u.confirmed, note: u.note }
}

/** Only what differs is sent, so that two people may change different things. */
export function changed(before: UnitForm, now: UnitForm): UnitChange {
  const out: Record<string, unknown> = {}
  for (const key of Object.keys(before) as (keyof UnitForm)[]) {
    const value = now[key]
    const next = typeof value === 'string' ? value.trim() : value
    if (next !== before[key]) out[key] = next
  }
  return out as UnitChange
}
