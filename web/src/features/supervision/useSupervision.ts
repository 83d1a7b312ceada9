import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { supervisionApi, type ListName, type RowPage, type SlipPage, type SlipQuery } from '@/api/supervision'

export const LISTS: ListName[] = ['unanswered_offers', 'overdue_steps', 'slipped_twice', 'not_started', 'broken_promises']

export const useLists = () => useQuery({ queryKey: ['supervision', 'lists'], queryFn: () => supervisionApi.lists(), staleTime: 15_000 })

/** A list, page after page. */
export function useRows(want: Ref<{ list: ListName; unit: number | null }>) {
  const found = useInfiniteQuery({
    queryKey: ['supervision', 'rows', want],
    queryFn: ({ pageParam }) => supervisionApi.rows(want.value.list, { limit: 50, ...(want.value.unit ? { unit_id: want.value.unit } : {}), ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: (last: RowPage) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const rows = computed(() => found.data.value?.pages.flatMap((p) => p.items) ?? [])
  return { found, rows, total: computed(() => found.data.value?.pages[0]?.total.count ?? 0) }
}

/** Slips, page after page. */
export function useSlips(query: Ref<SlipQuery>) {
  const found = useInfiniteQuery({
    queryKey: ['supervision', 'slips', query],
    queryFn: ({ pageParam }) => supervisionApi.slips({ ...query.value, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: (last: SlipPage) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const slips = computed(() => found.data.value?.pages.flatMap((p) => p.items) ?? [])
  return { found, slips, total: computed(() => found.data.value?.pages[0]?.total.count ?? 0) }
}

export const useSlip = (id: Ref<number>) => useQuery({ queryKey: ['supervision', 'slip', id], queryFn: () => supervisionApi.slip(id.value), retry: false })

/** Reads lists and slips again. */
export function useSupervisionRefresh() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ['supervision'] })
}
