// Instants are shown in China's time, wherever the reader's machine stands.
import dayjs, { type Dayjs } from 'dayjs'
import utc from 'dayjs/plugin/utc'

dayjs.extend(utc)

const CHINA = 8

export function inChina(instant: string | Date): Dayjs {
  return dayjs(instant).utcOffset(CHINA)
}
export function today(now: Date = new Date()): string {
  return inChina(now).format('YYYY-MM-DD')
}
const WEEK = { zh: ['周日', '周一', '周二', '周三', '周四', '周五', '周六'], en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] }

/** 2026-03-09 周一 */
export function dayWithWeek(day: string, english: boolean): string {
  return `${day} ${WEEK[english ? 'en' : 'zh'][dayjs.utc(day).day()] ?? ''}`
}
/** Whole days from the first day to the second. */
export function daysBetween(a: string, b: string): number {
  return dayjs.utc(b).diff(dayjs.utc(a), 'day')
}

/** The months (YYYY-MM) around a day, the latest first. */
export function monthsAround(day: string, back: number, ahead: number): string[] {
  const [year = 0, month = 0] = day.split('-').map(Number)
  if (!year || !month) return []
  return Array.from({ length: back + ahead + 1 }, (_, i) => {
    const n = year * 12 + month - 1 + ahead - i
    return `${Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`
  })
}

export interface CalendarDay { day: string; working: boolean }

export function isWorkingDay(day: string, calendar: Map<string, boolean>): boolean {
  const known = calendar.get(day)
  if (known !== undefined) return known
  const week = dayjs.utc(day).day()
  return week !== 0 && week !== 6
}

/** Working days that begin after this instant's day, up to and with the day of due. */
export function workingDaysLeft(now: Date, due: string, calendar: Map<string, boolean>): number {
  let day = dayjs.utc(today(now))
  const last = inChina(due).format('YYYY-MM-DD')
  let n = 0
  while (day.format('YYYY-MM-DD') < last && n < 400) {
    day = day.add(1, 'day')
    if (isWorkingDay(day.format('YYYY-MM-DD'), calendar)) n++
  }
  return n
}
