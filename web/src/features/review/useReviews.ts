import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { admissionApi, type Box } from '@/api/admission'
import { useLeadRefresh } from '@/features/leads/useLeads'

export function useReviews(query: Ref<{ box?: Box; lead_id?: number; state?: string[] }>, enabled?: Ref<boolean>) {
  return useQuery({ queryKey: ['reviews', query], queryFn: () => admissionApi.list(query.value), enabled: computed(() => enabled?.value ?? true), staleTime: 15_000 })
}

/** Reads again what a change of a review may have changed. */
export function useReviewRefresh() {
  const client = useQueryClient()
  const lead = useLeadRefresh()
  return async (leadId: number) => {
    await client.invalidateQueries({ queryKey: ['reviews'] })
    await client.invalidateQueries({ queryKey: ['decider'] })
    await client.invalidateQueries({ queryKey: ['gate'] })
    await lead(leadId)
  }
}
