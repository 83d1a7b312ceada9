import { http } from './client'
import type { Handoff, Lead, Total } from './types'

export type Dimension = 'stage' | 'unit' | 'chain' | 'month'
/** How many leads, how many of them with a known amount in CNY, and its sum. */
export interface Figures { count: number; known: number; sum_cents: number }
export interface Tally extends Figures { key: string }
export interface Pipeline { by: Dimension; as_of: string; items: Tally[]; total: Figures }

export interface Workbench {
  today: string
  offers_in: Handoff[]
  offers_out: Handoff[]
  answered: Handoff[]
  due: Lead[]
  quiet: Lead[]
  signing: Lead[]
  counts: Record<'own' | 'offers_in' | 'offers_out' | 'due' | 'quiet' | 'signing', Total>
}

export const boardsApi = {
  pipeline: (by: Dimension) => http.get<Pipeline>('/pipeline', { query: { by } }),
  workbench: () => http.get<Workbench>('/workbench'),
}
