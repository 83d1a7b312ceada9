import { http } from './client'
import type { components } from './schema'

type S = components['schemas']
export type UpdateGrid = S['UpdateGridView']
export type UpdateRow = S['UpdateRowView']
export type UpdateCell = S['UpdateCellView']
export type UpdateField = S['UpdateFieldView']
export type UpdateFigure = S['UpdateFigureView']
export type DuePeriod = S['UpdateDuePeriod']
export type Filings = S['UpdateFilingsView']
export interface CellWrite { field: string; version: number; number?: number; words?: string; same?: boolean }
export interface RowWrite { lead_id: number; cells: CellWrite[] }
export interface Clash {
  lead_id: number; field: string; version: number; who: string; at: string
  yours: { number: number | null; words: string }; theirs: { number: number | null; words: string }
}

/** The monthly reports of projects. */
export const updatesApi = {
  due: async (unit?: number) => (await http.get<{ items: DuePeriod[] }>('/updates', { query: { unit_id: unit } })).items,
  grid: (period: string, unit?: number) => http.get<UpdateGrid>(`/updates/${period}`, { query: { unit_id: unit } }),
  write: async (period: string, rows: RowWrite[], unit?: number) => (await http.put<{ items: UpdateRow[] }>(`/updates/${period}`, { rows }, null, unit ? { unit } : {})).items,
  submit: (period: string, unit?: number) => http.post<UpdateGrid>(`/updates/${period}/submit`, {}, unit ? { unit } : {}),
  unlock: (period: string, unit: number, reason: string) => http.post<UpdateGrid>(`/updates/${period}/unlock`, { unit_id: unit, reason }),
  filings: (period: string) => http.get<Filings>(`/updates/${period}/filings`),
  figures: async (lead: number) => (await http.get<{ items: UpdateFigure[] }>(`/leads/${lead}/updates`)).items,
}
