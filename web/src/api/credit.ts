import { http } from './client'
import type { components } from './schema'

type S = components['schemas']
export type CreditFigures = S['CreditFiguresView']
export type CreditRow = S['CreditFigureRow']
export type CreditEvents = S['CreditEventsView']
export type CreditPanelView = S['CreditPanelView']
export type CreditProposal = S['CreditProposalView']
export type CreditRules = S['CreditRulesView']
export interface ShareBody { class: string; finder_ppm: number; from_month: string; until_month?: string; reason: string }

/** What was counted of projects, by which rules, and how it is shared. */
export const creditApi = {
  figures: (year: number) => http.get<CreditFigures>('/credit/figures', { query: { year } }),
  events: (query: { year: number; indicator?: string; unit_id?: number; month?: string }) => http.get<CreditEvents>('/credit/events', { query: { ...query } }),
  rules: () => http.get<CreditRules>('/credit/rules'),
  panel: (lead: number) => http.get<CreditPanelView>(`/leads/${lead}/credit`),
  propose: (lead: number, body: ShareBody) => http.post<CreditPanelView>(`/leads/${lead}/credit/proposals`, body),
  rule: (lead: number, body: ShareBody) => http.post<CreditPanelView>(`/leads/${lead}/credit/rulings`, body),
  agree: (lead: number, p: number) => http.post<CreditPanelView>(`/leads/${lead}/credit/proposals/${p}/agree`, {}),
  refuse: (lead: number, p: number, reason: string) => http.post<CreditPanelView>(`/leads/${lead}/credit/proposals/${p}/refuse`, { reason }),
  withdraw: (lead: number, p: number, reason: string) => http.post<CreditPanelView>(`/leads/${lead}/credit/proposals/${p}/withdraw`, { reason }),
}
