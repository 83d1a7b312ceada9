import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { dossierApi } from '@/api/dossier'

export function useIncentives(lead: Ref<number>, enabled?: Ref<boolean>) {
  return useQuery({ queryKey: ['incentives', lead], queryFn: () => dossierApi.incentives(lead.value), enabled: computed(() => enabled?.value ?? true), staleTime: 15_000, retry: false })
}

/** Reads every list of incentives again. */
export function useIncentiveRefresh() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ['incentives'] })
}
