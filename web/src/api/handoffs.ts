import { http, type Query } from './client'
import type { Handoff, Page } from './types'

export const handoffsApi = {
  list: (query: Query) => http.get<Page<Handoff>>('/handoffs', { query }),
  get: (id: number) => http.get<Handoff>(`/handoffs/${id}`),
  accept: (id: number, reason: string) => http.post<Handoff>(`/handoffs/${id}/accept`, reason ? { reason } : {}),
  refuse: (id: number, reason: string) => http.post<Handoff>(`/handoffs/${id}/refuse`, { reason }),
  withdraw: (id: number, reason: string) => http.post<Handoff>(`/handoffs/${id}/withdraw`, reason ? { reason } : {}),
}
