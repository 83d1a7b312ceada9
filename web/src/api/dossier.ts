import { http } from './client'
import type { components } from './schema'

type S = components['schemas']
export type Land = S['DossierLandView']
export type LandList = S['DossierLandList']
export type Commitment = S['DossierCommitmentView']
export type CommitmentList = S['DossierCommitmentList']
export type Incentive = S['DossierIncentiveView']
export type IncentiveList = S['DossierIncentiveList']
export interface IncentiveBody { kind: string; text: string; amount_cents?: number; legal_basis?: string; unit_id?: number; offered_on: string }
export interface CommitmentBody { text: string; promised_by: string; promised_unit_id?: number; promised_on: string; occasion: string; file_id?: number; due_on: string }
export interface CommitmentQuery { box?: 'all' | 'mine'; lead_id?: number; state?: string[]; overdue?: boolean }

/** What a project's file keeps beside the lead. */
export const dossierApi = {
  lands: (lead: number) => http.get<LandList>('/land-contracts', { query: { lead_id: lead } }),
  addLand: (lead: number, body: object) => http.post<Land>('/land-contracts', { lead_id: lead, ...body }),
  editLand: (l: Land, body: object) => http.patch<Land>(`/land-contracts/${l.id}`, body, l.version),
  dropLand: (l: Land) => http.delete(`/land-contracts/${l.id}`, l.version),
  commitments: (query: CommitmentQuery) => http.get<CommitmentList>('/commitments', { query: { ...query } }),
  addCommitment: (lead: number, unit: number | null, body: CommitmentBody) => http.post<Commitment>('/commitments', { lead_id: lead, ...(unit ? { unit_id: unit } : {}), ...body }),
  amendCommitment: (c: Commitment, body: CommitmentBody, reason: string) => http.patch<Commitment>(`/commitments/${c.id}`, { ...body, reason }, c.version),
  handOver: (c: Commitment, unit: number, reason: string) => http.post<Commitment>(`/commitments/${c.id}/hand-over`, { unit_id: unit, reason }),
  settle: (c: Commitment, state: string, reason: string) => http.post<Commitment>(`/commitments/${c.id}/settle`, { state, reason }),
  incentives: (lead: number) => http.get<IncentiveList>('/incentives', { query: { lead_id: lead } }),
  addIncentive: (lead: number, body: IncentiveBody) => http.post<Incentive>('/incentives', { lead_id: lead, ...body }),
  editIncentive: (i: Incentive, body: IncentiveBody) => http.patch<Incentive>(`/incentives/${i.id}`, body, i.version),
  withdrawIncentive: (i: Incentive, reason: string) => http.post<Incentive>(`/incentives/${i.id}/withdraw`, { reason }),
}
