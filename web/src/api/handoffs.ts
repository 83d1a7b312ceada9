import { http, type Query } from './client'
import type { Handoff, Page } from './types'

export interface DraftChange { to_unit_id: number; reason: string; ask: string; parts: string[]; member_ids: number[] }

const body = (reason: string) => (reason ? { reason } : {})

// The unit is the one the answer is given for: the receiving one, or the
// giving one when an offer is taken back.
export const handoffsApi = {
  list: (query: Query, signal?: AbortSignal) => http.get<Page<Handoff>>('/handoffs', { query, signal }),
  get: (id: number) => http.get<Handoff>(`/handoffs/${id}`),
  accept: (id: number, reason: string, unit?: number) => http.post<Handoff>(`/handoffs/${id}/accept`, body(reason), { unit }),
  refuse: (id: number, reason: string, unit?: number) => http.post<Handoff>(`/handoffs/${id}/refuse`, { reason }, { unit }),
  withdraw: (id: number, reason: string, unit?: number) => http.post<Handoff>(`/handoffs/${id}/withdraw`, body(reason), { unit }),
  change: (h: Handoff, change: Partial<DraftChange>) => http.patch<Handoff>(`/handoffs/${h.id}`, change, h.version),
  discard: (h: Handoff) => http.delete(`/handoffs/${h.id}`, h.version),
  send: (id: number) => http.post<Handoff>(`/handoffs/${id}/send`, {}),
  object: (id: number, reason: string) => http.post<Handoff>(`/handoffs/${id}/object`, { reason }),
  decide: (id: number, decision: 'uphold' | 'cancel', reason: string) => http.post<Handoff>(`/handoffs/${id}/decide`, { decision, reason }),
}
