import { http } from './client'
import type { components } from './schema'

type S = components['schemas']
export type Land = S['DossierLandView']
export type LandList = S['DossierLandList']

/** What a project's file keeps beside the lead. */
export const dossierApi = {
  lands: (lead: number) => http.get<LandList>('/land-contracts', { query: { lead_id: lead } }),
  addLand: (lead: number, body: object) => http.post<Land>('/land-contracts', { lead_id: lead, ...body }),
  editLand: (l: Land, body: object) => http.patch<Land>(`/land-contracts/${l.id}`, body, l.version),
  dropLand: (l: Land) => http.delete(`/land-contracts/${l.id}`, l.version),
}
