import { http } from './client'
import type { components } from './schema'

type S = components['schemas']
export type BulkAnswer = S['BulkView']
export type BulkItem = S['BulkItem']
export type Lapsed = S['LeadLapsedView']
export type LapsedRow = S['LeadLapsedRow']
export type IdleLead = S['LeadIdleView']
export interface BulkOrder { lead_ids: number[]; to_unit_id: number; reason?: string; ask?: string; member_ids?: number[] }

// What concerns many hand-offs at once.
export const relayApi = {
  look: (order: BulkOrder, signal?: AbortSignal) => http.post<BulkAnswer>('/handoffs/bulk', { ...order, dry_run: true }, { signal }),
  bulk: (order: BulkOrder) => http.post<BulkAnswer>('/handoffs/bulk', order),
  lapsed: (from: string | null, to: string | null) => http.get<Lapsed>('/handoffs/lapsed', { query: { from, to } }),
  pool: () => http.get<{ items: IdleLead[] }>('/handoffs/pool'),
}
