import { http } from './client'
import type { components } from './schema'
import type { LeadFile } from './types'

type S = components['schemas']
export type Review = S['AdmissionReviewView']
export type Opinion = S['AdmissionOpinionView']
export type Condition = S['AdmissionConditionView']
export type Decider = S['AdmissionDeciderView']
export type Power = S['AdmissionPowerView']
export type Box = 'all' | 'decide' | 'opine' | 'conditions'
export interface Ruling {
  result: string
  number?: string
  decided_on: string
  minutes_file_id?: number
  note?: string
  conditions?: { text: string; unit_id: number; due_on: string }[]
}
type Items<T> = { items: T[] }

const at = (id: number) => `/admission-reviews/${id}` as const

/** Admission reviews, and which units decide them. */
export const admissionApi = {
  list: async (query: { box?: Box; lead_id?: number; state?: string[] }) => (await http.get<Items<Review>>('/admission-reviews', { query })).items,
  decider: (lead: number) => http.get<Decider>('/admission-decider', { query: { lead_id: lead } }),
  ask: (lead: number, text: string) => http.post<Review>('/admission-reviews', { lead_id: lead, ...(text ? { text } : {}) }),
  withdraw: (r: Review, reason: string) => http.post<Review>(`${at(r.id)}/withdraw`, { reason }),
  name: (r: Review, units: number[], due: string) => http.post<Review>(`${at(r.id)}/opinions`, { unit_ids: units, due_on: due }),
  opine: (r: Review, word: string, text: string) => http.post<Review>(`${at(r.id)}/opinion`, { word, ...(text ? { text } : {}) }),
  minutes: (r: Review, file: File) => {
    const form = new FormData()
    form.append('file', file)
    return http.upload<LeadFile>(`${at(r.id)}/minutes`, form)
  },
  decide: (r: Review, ruling: Ruling) => http.post<Review>(`${at(r.id)}/decide`, ruling),
  finish: (r: Review, c: Condition, done: boolean, note: string) => http.patch<Review>(`${at(r.id)}/conditions/${c.id}`, { done, note }, c.version),
  paper: (r: Review, file: number) => http.download(`${at(r.id)}/papers/${file}/content`),
  powers: async () => (await http.get<Items<Power>>('/settings/admission-powers')).items,
  addPower: (unit: number, from: string, source: string) => http.post<Power>('/settings/admission-powers', { unit_id: unit, source, ...(from ? { from_on: from } : {}) }),
  endPower: (p: Power, until: string, source: string) => http.patch<Power>(`/settings/admission-powers/${p.id}`, { until_on: until, source }, p.version),
}
