import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type ComputedRef, type Ref } from 'vue'
import { settingsApi, usersApi, type UserRow } from '@/api/admin'
import type { Query } from '@/api/client'
import type { Page } from '@/api/types'
import { useMeta } from '@/composables/useMeta'
import { useSession } from '@/composables/useSession'

export function useUserPages(query: Ref<Query>) {
  const found = useInfiniteQuery({
    queryKey: ['users', 'list', query],
    queryFn: ({ pageParam, signal }) => usersApi.list({ ...query.value, limit: 100, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Page<UserRow>) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const rows = computed(() => found.data.value?.pages.flatMap((p) => p.items) ?? [])
  const total = computed(() => found.data.value?.pages[0]?.total ?? null)
  return { found, rows, total }
}

/** One person by login name, also when the list's filters leave him out. */
export function useUser(username: Ref<string>) {
  return useQuery({
    queryKey: ['users', 'one', username],
    queryFn: async () => (await usersApi.list({ q: username.value, limit: 100 })).items.find((u) => u.username === username.value) ?? null,
    enabled: computed(() => username.value !== ''),
    placeholderData: keepPreviousData,
  })
}

export function useMembershipsOf(user: Ref<number>) {
  return useQuery({
    queryKey: ['memberships', user],
    queryFn: async () => (await usersApi.memberships({ user_id: user.value, limit: 100 })).items,
  })
}

/** The roles that may be held in a kind of unit, as the server says. */
export function useRolesFor(unit: Ref<number | null>): ComputedRef<{ code: string; text: string }[]> {
  const session = useSession()
  const { unit: unitOf, word } = useMeta()
  const matrix = useQuery({ queryKey: ['matrix'], queryFn: settingsApi.matrix, staleTime: 10 * 60_000, enabled: computed(() => session.may('role.read')) })
  return computed(() => {
    const kind = unitOf(unit.value)?.kind
    return kind ? (matrix.data.value?.roles ?? []).filter((r) => r.unit_kinds.includes(kind)).map((r) => ({ code: r.code, text: word(r) })) : []
  })
}

export function useUsersRefresh() {
  const client = useQueryClient()
  return async (): Promise<void> => {
    await Promise.all([client.invalidateQueries({ queryKey: ['users'] }), client.invalidateQueries({ queryKey: ['memberships'] })])
  }
}
