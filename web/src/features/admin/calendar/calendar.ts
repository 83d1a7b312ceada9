import type { CalendarDay } from '@/api/calendar'

export interface Cell { day: string; date: number; working: boolean; named?: CalendarDay }

/** The weeks of a month from Monday on; days of other months are null. */
export function weeksOf(year: number, month: number, named: Map<string, CalendarDay>): (Cell | null)[][] {
  const first = new Date(Date.UTC(year, month - 1, 1))
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const cells: (Cell | null)[] = Array.from({ length: (first.getUTCDay() + 6) % 7 }, () => null)
  for (let d = 1; d <= last; d++) {
    const day = `${year}-${String(month).padStart(2, '0')}-${String(d).padStart(2, '0')}`
    const weekday = new Date(Date.UTC(year, month - 1, d)).getUTCDay()
    const entry = named.get(day)
    cells.push({ day, date: d, working: entry ? entry.working : weekday !== 0 && weekday !== 6, ...(entry ? { named: entry } : {}) })
  }
  while (cells.length % 7) cells.push(null)
  return Array.from({ length: cells.length / 7 }, (_, i) => cells.slice(i * 7, i * 7 + 7))
}

export interface ImportLine { date: string; working: boolean; name: string }
export interface Parsed { days: ImportLine[]; bad: number[] }

const LINE = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s*[,，\t ]\s*(休|班|off|work)\s*[,，\t ]\s*(\S.*)$/i

/** Reads lines like "2027-01-01 休 元旦"; the numbers of lines that cannot be read are told. */
export function readLines(text: string): Parsed {
  const out: Parsed = { days: [], bad: [] }
  text.split(/\r?\n/).forEach((raw, i) => {
    const line = raw.trim()
    if (!line) return
    const m = LINE.exec(line)
    const date = m ? `${m[1]}-${m[2]!.padStart(2, '0')}-${m[3]!.padStart(2, '0')}` : ''
    const real = date !== '' && !Number.isNaN(Date.parse(`${date}T00:00:00Z`)) && new Date(`${date}T00:00:00Z`).toISOString().startsWith(date)
    if (!m || !real) out.bad.push(i + 1)
    else out.days.push({ date, working: /班|work/i.test(m[4]!), name: m[5]!.trim() })
  })
  return out
}
