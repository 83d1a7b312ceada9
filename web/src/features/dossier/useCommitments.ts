import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { dossierApi, type CommitmentQuery } from '@/api/dossier'

export function useCommitments(query: Ref<CommitmentQuery>, enabled?: Ref<boolean>) {
  return useQuery({ queryKey: ['commitments', query], queryFn: () => dossierApi.commitments(query.value), enabled: computed(() => enabled?.value ?? true), staleTime: 15_000, retry: false })
}

/** Reads every list of commitments again. */
export function useCommitmentRefresh() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ['commitments'] })
}
