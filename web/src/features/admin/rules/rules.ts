import type { RuleKey, RuleRow } from '@/api/admin'

export interface CityNumber { key: string; zh: string; en: string; unit: string; now: RuleRow | null; coming: RuleRow[]; past: RuleRow[] }

/** Every number that the program reads: what holds today, what is to come, what held before; nothing where the city has set none. */
export function byKey(keys: RuleKey[], rows: RuleRow[], today: string): CityNumber[] {
  return keys.map(({ key, zh, en, unit }) => {
    const mine = rows.filter((r) => r.key === key).sort((a, b) => b.from_on.localeCompare(a.from_on) || b.id - a.id)
    const held = mine.filter((r) => r.from_on <= today)
    return { key, zh, en, unit, now: held[0] ?? null, coming: mine.filter((r) => r.from_on > today).reverse(), past: held.slice(1) }
  })
}

/** 510 minutes after midnight are 08:30. */
export function asClock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}
export function fromClock(text: string): number | null {
  const m = /^(\d{1,2}):(\d{2})$/.exec(text)
  return m ? Number(m[1]) * 60 + Number(m[2]) : null
}
