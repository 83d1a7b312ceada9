import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { signingApi, type Month } from '@/api/signing'
import { today } from '@/lib/days'

/** The month that the city has now. */
export const thisMonth = (): Month => today().slice(0, 7)

export function useMonth(month: Ref<Month>) {
  return useQuery({ queryKey: ['signing', 'month', month], queryFn: () => signingApi.month(month.value), staleTime: 15_000 })
}

export function useCeremonies(month: Ref<Month>) {
  return useQuery({ queryKey: ['signing', 'ceremonies', month], queryFn: async () => (await signingApi.ceremonies(month.value)).items, staleTime: 15_000 })
}

export function useTasks(query: Ref<{ box: string; state?: string[]; item_id?: number }>, enabled?: Ref<boolean>) {
  return useQuery({
    queryKey: ['signing', 'tasks', query], queryFn: async () => (await signingApi.tasks(query.value)).items, staleTime: 15_000,
    enabled: computed(() => enabled?.value ?? true),
  })
}

/** Reads everything of the board again. */
export function useRefresh() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ['signing'] })
}

/** Gives a file to the browser. */
export function hand(name: string, file: Blob): void {
  const url = URL.createObjectURL(file)
  const a = document.createElement('a')
  a.href = url
  a.download = name
  a.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
