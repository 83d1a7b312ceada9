import { http, type Query } from './client'
import type { Handoff, Page } from './types'

const body = (reason: string) => (reason ? { reason } : {})

// The unit is the one the answer is given for: the receiving one, or the
// giving one when an offer is taken back.
export const handoffsApi = {
  list: (query: Query, signal?: AbortSignal) => http.get<Page<Handoff>>('/handoffs', { query, signal }),
  get: (id: number) => http.get<Handoff>(`/handoffs/${id}`),
  accept: (id: number, reason: string, unit?: number) => http.post<Handoff>(`/handoffs/${id}/accept`, body(reason), { unit }),
  refuse: (id: number, reason: string, unit?: number) => http.post<Handoff>(`/handoffs/${id}/refuse`, { reason }, { unit }),
  withdraw: (id: number, reason: string, unit?: number) => http.post<Handoff>(`/handoffs/${id}/withdraw`, body(reason), { unit }),
}
