import { http } from './client'
import type { Lifecycle, LifecycleStep } from './types'

const at = (id: number) => `/settings/lifecycles/${id}` as const

/** Versions of the life cycle of projects. */
export const lifecycleApi = {
  all: async () => (await http.get<{ items: Lifecycle[] }>('/settings/lifecycles')).items,
  one: (id: number, compare: number | null) => http.get<Lifecycle>(at(id), { query: compare ? { compare } : {} }),
  copy: (from: number, note: string) => http.post<Lifecycle>('/settings/lifecycles', { from_id: from, note }),
  save: (c: Lifecycle, steps: LifecycleStep[], note: string, source: string) => http.put<Lifecycle>(at(c.id), { note, source, steps }, c.version),
  force: (c: Lifecycle, from: string) => http.post<Lifecycle>(`${at(c.id)}/force`, from ? { from_on: from } : {}, { version: c.version }),
  retire: (c: Lifecycle) => http.delete(at(c.id), c.version),
}
