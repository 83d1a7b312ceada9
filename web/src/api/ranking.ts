import { http } from './client'
import type { components } from './schema'

type S = components['schemas']
export type Runs = S['RankRunsView']
export type Brief = S['RankBriefView']
export type Run = S['RankRunView']
export type Score = S['RankScoreView']
export type Step = S['RankStep']

const at = (id: number) => `/rankings/${id}` as const

/** Assessments of months, with every unit's steps. */
export const rankingApi = {
  runs: () => http.get<Runs>('/rankings'),
  run: (id: number) => http.get<Run>(at(id)),
  begin: (month: string, reason: string) => http.post<Run>('/rankings', { month, ...(reason ? { reason } : {}) }),
  recompute: (id: number) => http.post<Run>(`${at(id)}/recompute`),
  preview: (id: number) => http.post<Run>(`${at(id)}/preview`),
  publish: (id: number) => http.post<Run>(`${at(id)}/publish`),
  charge: (id: number, body: { unit_id: number; fault: string; count: number; reason: string }) => http.post<Run>(`${at(id)}/faults`, body),
  object: (id: number, text: string) => http.post<Run>(`${at(id)}/objections`, { text }),
  answer: (id: number, objection: number, text: string, upheld: boolean) => http.post<Run>(`${at(id)}/objections/${objection}/answer`, { text, upheld }),
}
