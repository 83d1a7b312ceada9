import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, nextTick, type Ref } from 'vue'
import { handoffsApi } from '@/api/handoffs'
import type { Handoff, Page } from '@/api/types'
import { askOf, type Box } from './answers'

/** One box in some states, page after page. */
export function useBox(box: Ref<Box>, states: Ref<Handoff['state'][]>, objected: Ref<boolean>, limit = 50) {
  const found = useInfiniteQuery({
    queryKey: ['handoffs', 'list', box, states, objected, limit],
    queryFn: ({ pageParam, signal }) => handoffsApi.list({ ...askOf(box.value, objected.value), state: states.value, limit, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Page<Handoff>) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const rows = computed<Handoff[]>(() => found.data.value?.pages.flatMap((p) => p.items) ?? [])
  const total = computed(() => found.data.value?.pages[0]?.total ?? null)
  return { found, rows, total }
}

/** After an answer everything that shows the lead or the offer is asked again. */
export function useHandoffRefresh() {
  const client = useQueryClient()
  return async (h: Pick<Handoff, 'id' | 'lead_id'>): Promise<void> => {
    // The lead first: what hangs on it is not asked for by a page that just lost it.
    await client.invalidateQueries({ queryKey: ['lead', h.lead_id] })
    await nextTick()
    for (const key of ['timeline', 'custody', 'package', 'helpers', 'contacts', 'files', 'members', 'why', 'clocks']) void client.invalidateQueries({ queryKey: [key, h.lead_id] })
    for (const key of ['leads', 'pipeline', 'clock-list']) void client.invalidateQueries({ queryKey: [key] })
    await Promise.all([client.invalidateQueries({ queryKey: ['workbench'] }), client.invalidateQueries({ queryKey: ['handoffs'] })])
  }
}
