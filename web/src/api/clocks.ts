import { http, type Query } from './client'
import type { components } from './schema'
import type { Page } from './types'

type S = components['schemas']

export type Clock = S['LeadClockView']
export type ClockResult = 'running' | 'overdue' | 'paused' | 'met' | 'late' | 'cancelled'
export type OnTimeRow = S['LeadOnTime']
export type OnTime = S['LeadOnTimeView']
export type ClockAct = 'pause' | 'resume' | 'experts'

export const clocksApi = {
  of: (lead: number) => http.get<{ items: Clock[] }>(`/leads/${lead}/clocks`),
  act: (lead: number, clock: number, act: ClockAct, reason: string) =>
    http.post<Clock>(`/leads/${lead}/clocks/${clock}/${act}`, act === 'resume' ? {} : { reason }),
  list: (query: Query, signal?: AbortSignal) => http.get<Page<Clock>>('/clocks', { query, signal }),
  onTime: (query: Query) => http.get<OnTime>('/clocks/ontime', { query }),
}
