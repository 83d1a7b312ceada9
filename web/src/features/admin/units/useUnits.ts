import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import { unitsApi, type UnitRow } from '@/api/admin'
import { useMeta } from '@/composables/useMeta'
import type { TreeUnit } from './tree'

export type ListedUnit = UnitRow & TreeUnit

/** All units with how they are typed, which only the words of the page know. */
export function useUnits() {
  const { meta } = useMeta()
  const query = useQuery({ queryKey: ['units'], queryFn: unitsApi.all })
  const units = computed<ListedUnit[]>(() => {
    const typed = new Map((meta.value?.units ?? []).map((u) => [u.id, u]))
    return (query.data.value ?? []).map((u) => {
      const m = typed.get(u.id)
      return { ...u, pinyin: m?.pinyin ?? '', initials: m?.initials ?? '', open: m?.open ?? u.closed_on === null }
    })
  })
  return { query, units }
}

export function useUnitsRefresh() {
  const client = useQueryClient()
  return async (): Promise<void> => {
    await Promise.all([client.invalidateQueries({ queryKey: ['units'] }), client.invalidateQueries({ queryKey: ['meta'] })])
  }
}
