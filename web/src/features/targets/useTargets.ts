import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { targetsApi } from '@/api/targets'
import { inChina } from '@/lib/days'
import { useUrlState } from '@/composables/useUrlState'

export const thisYear = (): number => Number(inChina(new Date().toISOString()).format('YYYY'))

/** The year stands in the address. */
export function useYear() {
  const url = useUrlState()
  const year = computed({
    get: () => (/^20\d{2}$/.test(url.one('year')) ? Number(url.one('year')) : thisYear()),
    set: (y: number) => url.set({ year: y === thisYear() ? null : String(y), edition: null }),
  })
  return { url, year, years: computed(() => Array.from({ length: 5 }, (_, n) => thisYear() + 1 - n)) }
}

export function useTree(year: Ref<number>, edition: Ref<number>) {
  return useQuery({
    queryKey: ['targets', year, edition], staleTime: 0,
    queryFn: () => targetsApi.tree(year.value, edition.value ? { edition: edition.value } : {}),
  })
}

export function useProgress(year: Ref<number>, asOf: Ref<string>) {
  return useQuery({
    queryKey: ['target-progress', year, asOf], staleTime: 30_000, placeholderData: keepPreviousData,
    queryFn: () => targetsApi.progress(year.value, asOf.value ? { as_of: asOf.value } : {}),
  })
}

export function useTargetRefresh() {
  const client = useQueryClient()
  return async (): Promise<void> => {
    await Promise.all(['targets', 'target-progress', 'target-history', 'target-figures'].map((k) => client.invalidateQueries({ queryKey: [k] })))
  }
}
