import { http } from './client'
import type { components } from './schema'

type S = components['schemas']
export type Month = string
export type Sum = S['SigningSum']
export type Sums = S['SigningSums']
export type Card = S['SigningItemView']
export type Change = S['SigningChangeView']
export type MonthHead = S['SigningHead']
export type MonthBoard = S['SigningMonthView']
export type Rows = S['SigningRowsView']
export type RowLine = S['SigningRowView']
export type Accuracy = S['SigningAccuracyView']
export type Cohort = S['SigningCohortView']
export type Ceremony = S['SigningCeremonyView']
export type Task = S['SigningTaskView']
export type Figure = 'frozen' | 'out' | 'in' | 'change' | 'actual' | 'signed' | 'lost' | 'early' | 'kept' | 'landed' | 'started' | 'producing'
/** What narrows the list behind a figure. */
export interface Narrow { landing_unit_id?: number; first_contact_unit_id?: number; chain?: string }
export interface Seat { item_id: number; investor_signs: string; city_signs: string }
export interface CeremonyDraft { name: string; place: string; held_on: string | null; starts_at: string; host: string; seats: Seat[] }
/** A ceremony as it is sent: a day that is not set is left out. */
export type CeremonyBody = Omit<CeremonyDraft, 'held_on'> & { held_on?: string | undefined }
type Items<T> = { items: T[] }

export const signingApi = {
  months: (from: Month, until: Month) => http.get<Items<MonthHead>>('/signing-months', { query: { from, until } }),
  month: (m: Month) => http.get<MonthBoard>(`/signing-months/${m}`),
  rows: (m: Month, figure: Figure, narrow: Narrow) => http.get<Rows>(`/signing-months/${m}/rows`, { query: { figure, ...narrow } }),
  freeze: (m: Month) => http.post<MonthBoard>(`/signing-months/${m}/freeze`),
  plan: (m: Month, body: object) => http.post<Card>(`/signing-months/${m}/items`, body),
  change: (c: Card, body: object) => http.patch<Card>(`/signing-months/${c.month}/items/${c.id}`, body, c.version),
  drop: (c: Card, reason: string) => http.delete(`/signing-months/${c.month}/items/${c.id}`, c.version, { reason }),
  accuracy: (until: Month) => http.get<Accuracy>('/signing-accuracy', { query: { until } }),
  cohorts: (until: Month) => http.get<Items<Cohort>>('/signing-cohorts', { query: { until } }),
  ceremonies: (m: Month) => http.get<Items<Ceremony>>(`/signing-months/${m}/ceremonies`),
  addCeremony: (m: Month, body: CeremonyBody) => http.post<Ceremony>(`/signing-months/${m}/ceremonies`, body),
  editCeremony: (c: Ceremony, body: CeremonyBody) => http.patch<Ceremony>(`/ceremonies/${c.id}`, body, c.version),
  confirm: (c: Ceremony, unsigned: { item_id: number; reason: string; to_month?: Month }[]) => http.post<Ceremony>(`/ceremonies/${c.id}/confirm`, { unsigned }),
  remark: (c: Card, body: { text: string; unit_id?: number; due_on: string }) => http.post<Task>(`/signing-months/${c.month}/items/${c.id}/remarks`, body),
  tasks: (query: { box: string; state?: string[]; item_id?: number }) => http.get<Items<Task>>('/signing-tasks', { query }),
  work: (t: Task, act: 'report' | 'close' | 'return', text: string) => http.post<Task>(`/signing-tasks/${t.id}/${act}`, { text }),
  workbook: (m: Month) => http.download(`/signing-months/${m}/export`),
  brief: (m: Month) => http.download(`/signing-months/${m}/brief`),
}
