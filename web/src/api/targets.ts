import { http, type Query } from './client'
import type { components } from './schema'

type S = components['schemas']

export type Tree = S['TargetTreeView']
export type TreeUnit = S['TargetUnitView']
export type Indicator = S['TargetIndicatorView']
export type Cell = S['TargetCellView']
export type Change = S['TargetChangeView']
export type Figure = S['TargetFigureView']
export type Group = S['TargetGroupView']
export type Progress = S['TargetProgressView']
export type ProgressItem = S['TargetProgressItem']
export type Sheet = S['TargetSheetView']
export type YearView = S['TargetYearView']
export interface CellEdit { unit_id: number; indicator: string; month: number | null; value: number | null; version: number }
/** A cell that somebody else changed, as the server names it. */
export interface Clash { indicator: string; unit_id: number; month: number; yours: number | null; theirs: number | null; version: number }
export interface BrokenLimit { indicator: string; unit_id: number; code: string; year: number; months: number }
export type YearAct = 'submit' | 'approve' | 'return'

export const targetsApi = {
  tree: (year: number, query: Query = {}) => http.get<Tree>(`/targets/${year}`, { query }),
  save: (year: number, cells: CellEdit[], reason: string, correct: boolean) =>
    correct
      ? http.post<{ saved: number }>(`/targets/${year}/correct`, { cells, reason })
      : http.put<{ saved: number }>(`/targets/${year}/cells`, { cells, ...(reason ? { reason } : {}) }, null),
  act: (year: number, act: YearAct, version: number, reason: string) => http.post<YearView>(`/targets/${year}/${act}`, { reason }, { version }),
  history: (year: number, query: Query) => http.get<{ items: Change[] }>(`/targets/${year}/history`, { query }),
  progress: (year: number, query: Query) => http.get<Progress>(`/targets/${year}/progress`, { query }),
  figures: (year: number) => http.get<{ items: Figure[] }>(`/targets/${year}/figures`),
  report: (year: number, figures: unknown[]) => http.post<{ items: Figure[] }>(`/targets/${year}/figures`, { figures }),
  limit: (year: number, body: unknown) => http.post(`/targets/${year}/limits`, body),
  workbook: (year: number) => http.download(`/targets/${year}/export`),
  take: (year: number, file: File, dry: boolean, reason: string) => {
    const form = new FormData()
    form.append('file', file)
    return http.upload<Sheet>(`/targets/${year}/import`, form, { query: { dry_run: dry, reason } })
  },
  groups: () => http.get<{ items: Group[] }>('/comparison-groups'),
  setGroup: (body: unknown) => http.post<Group>('/comparison-groups', body),
  indicators: () => http.get<{ items: Indicator[] }>('/indicators'),
  setIndicator: (body: unknown) => http.post<Indicator>('/indicators', body),
}
