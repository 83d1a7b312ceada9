import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { noticesApi, type Inbox, type Thread } from '@/api/notices'
import { usePolling } from '@/composables/usePolling'
import { useToast } from '@/composables/useToast'

const UNREAD = ['notices', 'unread']

/** How much is unread; the live stream keeps it true, a poll stands behind it. */
export function useUnread() {
  const found = useQuery({ queryKey: UNREAD, queryFn: async () => (await noticesApi.list({ limit: 1 })).unread, staleTime: 60_000 })
  usePolling(() => found.refetch(), 120_000)
  return computed(() => found.data.value ?? 0)
}

/** The inbox, page after page. */
export function useInbox(filter: Ref<{ unread?: boolean; topic?: string }>) {
  const found = useInfiniteQuery({
    queryKey: ['notices', 'list', filter],
    queryFn: ({ pageParam, signal }) => noticesApi.list({ ...filter.value, limit: 30, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Inbox) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const threads = computed<Thread[]>(() => found.data.value?.pages.flatMap((p) => p.items) ?? [])
  return { found, threads }
}

/** Marking as read: the number falls at once, the list is asked again. */
export function useReading() {
  const client = useQueryClient()
  const toast = useToast()
  async function mark(work: () => Promise<{ unread: number }>): Promise<void> {
    try {
      client.setQueryData(UNREAD, (await work()).unread)
      await client.invalidateQueries({ queryKey: ['notices', 'list'] })
    } catch (e) {
      toast.failed(e)
    }
  }
  return {
    thread: (t: Thread) => mark(() => noticesApi.readSome({ thread_id: t.id })),
    all: (upTo: number) => mark(() => noticesApi.readSome({ up_to: upTo })),
  }
}
