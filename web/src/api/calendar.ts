import { http } from './client'
import type { components } from './schema'

type S = components['schemas']

export type Calendar = S['OrgCalendarView']
export type CalendarDay = S['OrgCalendarDayView']
export type CalendarChange = S['OrgCalendarChange']
export interface DayDraft { working: boolean; name: string; source: string }
export interface HoursDraft { from_on: string; until_on?: string; open_minute: number; close_minute: number; source: string }

export const calendarApi = {
  year: (year: number) => http.get<Calendar>('/calendar', { query: { year } }),
  setDay: (day: string, draft: DayDraft, version: number) => http.put<CalendarChange>(`/calendar/days/${day}`, draft, version),
  clearDay: (day: string, version: number) => http.delete(`/calendar/days/${day}`, version),
  importYear: (year: number, source: string, days: { date: string; working: boolean; name: string }[]) =>
    http.post<CalendarChange>(`/calendar/years/${year}`, { source, days }),
  setHours: (draft: HoursDraft) => http.post<CalendarChange>('/calendar/hours', draft),
}
