import { http } from './client'
import type { components } from './schema'

type S = components['schemas']
/** How many, how many of them with a known amount in CNY, and its sum. */
export type Figures = S['ReportSum']
export type Figure = S['ReportFigure']
export type Band = S['ReportBandView']
export type FunnelStep = S['ReportFunnelView']
export type Share = S['ReportGroupView']
export type Loss = S['ReportLossView']
export type Cockpit = S['ReportView']
export type Measure = S['ReportMeasureView']
export type Row = S['ReportRow']
export type Found = S['ReportListView']

export const cockpitApi = {
  read: (query: Record<string, string>) => http.get<Cockpit>('/cockpit', { query }),
  measures: async () => (await http.get<{ items: Measure[] }>('/cockpit/measures')).items,
  list: (query: Record<string, string>) => http.get<Found>('/cockpit/list', { query }),
}
