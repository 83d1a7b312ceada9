import { useQuery } from '@tanstack/vue-query'
import type { RouteLocationRaw } from 'vue-router'
import { boardsApi } from '@/api/boards'
import { useMeta } from '@/composables/useMeta'
import { usePolling } from '@/composables/usePolling'
import { useSession } from '@/composables/useSession'
import { monthOf } from './desk'

/** What is owed today; asked again every minute while somebody looks. */
export function useDesk() {
  const desk = useQuery({ queryKey: ['workbench'], queryFn: boardsApi.workbench })
  usePolling(() => desk.refetch())
  return desk
}

/** The lists of leads behind the workbench's figures, within the person's own units. */
export function useDeskLinks() {
  const session = useSession()
  const { meta } = useMeta()
  const before = () => meta.value?.stages.filter((s) => s.kind === 'main' && s.order <= (meta.value?.stages.find((x) => x.code === 'to_sign')?.order ?? 0)).map((s) => s.code) ?? []
  const mine = () => ({ unit_id: session.unitsFor('lead.read').map(String), ended: 'false' })
  const leads = (query: Record<string, string | string[]>): RouteLocationRaw & { hash?: string } => ({ path: '/leads', query })
  return {
    own: () => leads(mine()),
    due: (until: string) => leads({ ...mine(), 'next_step_on.lte': until }),
    quiet: () => leads({ ...mine(), stage: before(), quiet: 'true', sort: 'activity_at' }),
    signing: (city: boolean) => {
      const [first, last] = monthOf(meta.value?.today ?? '')
      return leads({ ...(city ? { ended: 'false' } : mine()), stage: before(), 'expected_sign_on.gte': first, 'expected_sign_on.lte': last, sort: 'expected_sign_on' })
    },
  }
}
