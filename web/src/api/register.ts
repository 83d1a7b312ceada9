import { http } from './client'
import type { components } from './schema'
import type { Lead } from './types'

type S = components['schemas']
export type Pending = S['LeadPendingView']
export type CheckUsers = S['LeadCheckUsersView']
export interface Renewal { reason: string; file_id?: number; note_id?: number }

// The register of first reports.
export const registerApi = {
  pending: (cursor?: string) => http.get<{ items: Pending[]; next: string | null }>('/registrations', { query: { cursor } }),
  users: () => http.get<CheckUsers>('/duplicates/users'),
  confirm: (id: number, reason: string) => http.post<Lead>(`/leads/${id}/protection/confirm`, reason ? { reason } : {}),
  reject: (id: number, reason: string) => http.post<Lead>(`/leads/${id}/protection/reject`, { reason }),
  renew: (id: number, renewal: Renewal) => http.post<Lead>(`/leads/${id}/protection/renew`, renewal),
}
