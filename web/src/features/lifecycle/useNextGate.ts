import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { leadsApi } from '@/api/leads'
import type { Lead } from '@/api/types'

/** What the next stage of the lead's track asks for, for who may move it; the gate itself is the server's. */
export function useNextGate(lead: () => Lead) {
  const path = useQuery({ queryKey: ['path', () => lead().id], queryFn: () => leadsApi.path(lead().id) })
  const next = computed(() => {
    const stages = path.data.value?.items.filter((s) => s.on_track).map((s) => s.stage) ?? []
    const at = stages.indexOf(lead().stage)
    return at < 0 ? undefined : stages[at + 1]
  })
  const gate = useQuery({
    queryKey: ['gate', () => lead().id, next, () => lead().version],
    queryFn: () => leadsApi.gate(lead().id, next.value!),
    enabled: computed(() => next.value !== undefined && lead().can.includes('change_stage')),
  })
  const items = computed(() => (next.value && lead().can.includes('change_stage') ? (gate.data.value?.items ?? []) : []))
  return { next, items, missing: computed(() => items.value.filter((i) => !i.met)) }
}

/** The field of the form that a need of the gate is about; empty for other needs. */
export const fieldOf = (i: { kind: string; name: string }): string => (i.kind !== 'field' ? '' : i.name === 'site_need' ? 'land_sqm' : i.name)
