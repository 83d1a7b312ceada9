import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import type { Query } from '@/api/client'
import { disputesApi, type Dispute } from '@/api/disputes'
import type { Page } from '@/api/types'

/** Disputes that the reader may see, page after page. */
export function useDisputeList(query: Ref<Query>) {
  const found = useInfiniteQuery({
    queryKey: ['disputes', 'list', query],
    queryFn: ({ pageParam, signal }) => disputesApi.list({ ...query.value, limit: 50, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Page<Dispute>) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const rows = computed<Dispute[]>(() => found.data.value?.pages.flatMap((p) => p.items) ?? [])
  const total = computed(() => found.data.value?.pages[0]?.total ?? null)
  return { found, rows, total }
}

export function useDispute(id: Ref<number>) {
  return useQuery({ queryKey: ['disputes', 'one', id], queryFn: () => disputesApi.get(id.value) })
}

/** A decision may move a lead, its clocks and its credit: everything is asked again. */
export function useDisputeRefresh() {
  const client = useQueryClient()
  return async (): Promise<void> => {
    for (const key of ['lead', 'leads', 'timeline', 'custody', 'merges', 'pipeline', 'workbench', 'handoffs', 'members']) void client.invalidateQueries({ queryKey: [key] })
    await client.invalidateQueries({ queryKey: ['disputes'] })
  }
}
