import { http, type Query } from './client'
import type { components } from './schema'
import type { Page } from './types'

type S = components['schemas']
export type DisputeState = 'talking' | 'ruling' | 'leading' | 'settled' | 'ruled' | 'withdrawn'
export type OutcomeKind = 'single' | 'shared' | 'reassigned' | 'duplicate'
export type Outcome = Omit<S['LeadOutcomeView'], 'outcome'> & { outcome: OutcomeKind }
export type Dispute = Omit<S['LeadDisputeView'], 'state' | 'proposal' | 'outcome'> & { state: DisputeState; proposal: Outcome | null; outcome: Outcome | null }
export type DisputeEntry = Omit<S['LeadDisputeEntryView'], 'outcome'> & { outcome: Outcome | null }
export type DisputePage = Dispute & { entries: DisputeEntry[] }
export type Share = S['LeadShareView']
export type Merge = S['LeadMergeView']

export interface DisputeOrder { reference?: string; lead_id?: number; own_lead_id?: number; claim: string; reason: string }
export interface OutcomeOrder {
  outcome: OutcomeKind
  holder_unit_id?: number
  shares?: Share[]
  closes?: 'own' | 'disputed'
  merges?: boolean
  member_ids?: number[]
  reason: string
}

const at = <Rest extends string = ''>(id: number, rest = '' as Rest) => `/disputes/${id}${rest}` as const
const why = (reason: string) => (reason ? { reason } : {})

// The unit is the party that the act is done for; left out where the caller
// acts for none of the two, as the bureau does.
export const disputesApi = {
  list: (query: Query, signal?: AbortSignal) => http.get<Page<Dispute>>('/disputes', { query, signal }),
  get: (id: number) => http.get<DisputePage>(at(id)),
  open: (order: DisputeOrder, unit?: number) => http.post<Dispute>('/disputes', order, { unit }),
  state: (id: number, text: string, unit?: number) => http.post<Dispute>(at(id, '/statements'), { text }, { unit }),
  addFile: (id: number, file: File, unit?: number) => {
    const form = new FormData()
    form.append('file', file)
    return http.upload<Dispute>(at(id, '/files'), form, { unit })
  },
  fileContent: (id: number, file: number) => http.download(at(id, `/files/${file}/content`)),
  propose: (id: number, o: OutcomeOrder, unit?: number) => http.post<Dispute>(at(id, '/propose'), o, { unit }),
  agree: (id: number, unit?: number) => http.post<Dispute>(at(id, '/agree'), {}, { unit }),
  escalate: (id: number, reason: string, unit?: number) => http.post<Dispute>(at(id, '/escalate'), why(reason), { unit }),
  withdraw: (id: number, reason: string, unit?: number) => http.post<Dispute>(at(id, '/withdraw'), why(reason), { unit }),
  rule: (id: number, o: OutcomeOrder, unit?: number) => http.post<Dispute>(at(id, '/rule'), o, { unit }),
}

export const mergesApi = {
  of: (lead: number) => http.get<{ items: Merge[] }>(`/leads/${lead}/merges`),
  merge: (lead: number, into: number, reason: string, fields: Record<string, 'keep' | 'take'>) =>
    http.post<Merge>(`/leads/${lead}/merge`, { into_lead_id: into, reason, fields }),
  undo: (merge: number, reason: string) => http.post<Merge>(`/merges/${merge}/undo`, why(reason)),
}
