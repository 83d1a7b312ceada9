import { http } from './client'
import type { components } from './schema'

type S = components['schemas']
export type Lists = S['SuperviseListsView']
export type ListName = Lists['lists'][number]['list']
export type ListRow = S['SuperviseRowView']
export type RowPage = S['PageOfSuperviseRowView']
export type Slip = S['SuperviseSlipView']
export type SlipPage = S['SuperviseSlipPage']
export interface SlipBody { subject: string; matter: string; requirement: string; days: number }
export interface SlipQuery { box?: 'all' | 'to' | 'from'; state?: string[]; late?: boolean; limit?: number; cursor?: string }

const at = (id: number) => `/slips/${id}` as const

/** What was not done in time, and the slips that put it right. */
export const supervisionApi = {
  lists: () => http.get<Lists>('/supervision'),
  rows: (list: ListName, query: { unit_id?: number; cursor?: string; limit?: number }) => http.get<RowPage>(`/supervision/${list}`, { query }),
  slips: (query: SlipQuery) => http.get<SlipPage>('/slips', { query: { ...query } }),
  slip: (id: number) => http.get<Slip>(at(id)),
  issue: (unit: number, body: SlipBody, rows: { list: string; row_id: number }[]) => http.post<Slip>('/slips', { unit_id: unit, ...body, ...(rows.length ? { rows } : {}) }),
  amend: (s: Slip, body: SlipBody) => http.patch<Slip>(at(s.id), body, s.version),
  receive: (s: Slip) => http.post<Slip>(`${at(s.id)}/receive`),
  reply: (s: Slip, text: string) => http.post<Slip>(`${at(s.id)}/reply`, { text }),
  close: (s: Slip, text: string) => http.post<Slip>(`${at(s.id)}/close`, { text }),
  sendBack: (s: Slip, reason: string, days: number) => http.post<Slip>(`${at(s.id)}/return`, { reason, days }),
  withdraw: (s: Slip, reason: string) => http.post<Slip>(`${at(s.id)}/withdraw`, { reason }),
  attach: (s: Slip, file: File) => {
    const form = new FormData()
    form.append('file', file)
    return http.upload<Slip>(`${at(s.id)}/files`, form)
  },
  file: (s: Slip, file: number) => http.download(`${at(s.id)}/files/${file}/content`),
}
