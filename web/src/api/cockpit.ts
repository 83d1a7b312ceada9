import { http } from './client'

/** How many, how many of them with a known amount in CNY, and its sum. */
export interface Figures { count: number; known: number; sum_cents: number }
export interface Figure extends Figures { measure: string; before: Figures | null }
export interface Band extends Figures { from_cents: number | null; until_cents: number | null }
export interface FunnelStep extends Figures { stage: string; median_days: number | null; amber: number; red: number }
export interface Share {
  key: string; unit_id: number | null; name_zh: string; name_en: string; lat: number | null; lon: number | null
  in_talks: Figures; fresh: Figures; signed: Figures; stuck: number
}
export interface Loss extends Figures { place: string }
export interface Series { measure: string; points: Figures[] }
export interface StuckRow {
  lead_id: number | null; code: string; title: string | null; investor_name: string | null; unit_id: number; town_unit_id: number | null; chain: string | null
  stage: string; since_on: string | null; days: number; limit_days: number | null; planned_cents: number | null; currency: string; happened_on: string | null; lost_to: string | null; deleted_on: string | null
}
export interface Cockpit {
  as_of: string; now: string; present: boolean; complete_from: string | null; first_on: string | null; whole_city: boolean
  figures: Figure[]; bands: Band[]; funnel: FunnelStep[]
  towns: Share[]; departments: Share[]; groups: Share[]; chains: Share[]
  losses: Loss[]
  trend: { months: string[]; series: Series[] }
  signing: { month: string; frozen: boolean; plan: Figures; signed: Figures; open: Figures; slipped: Figures }
  stuck: { count: number; items: StuckRow[] }
}
export interface Measure { code: string; name: string; sentence: string; unit: string; counting: string; source: string }
export type Row = StuckRow
export interface Found { items: Row[]; next: string | null; total: Figures }

export const cockpitApi = {
  read: (query: Record<string, string>) => http.get<Cockpit>('/cockpit' as never, { query }),
  measures: async () => (await http.get<{ items: Measure[] }>('/cockpit/measures' as never)).items,
  list: (query: Record<string, string>) => http.get<Found>('/cockpit/list' as never, { query }),
}
