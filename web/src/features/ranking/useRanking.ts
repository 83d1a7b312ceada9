import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { rankingApi } from '@/api/ranking'

export const useRuns = () => useQuery({ queryKey: ['ranking', 'runs'], queryFn: () => rankingApi.runs(), retry: false })
export const useRun = (id: Ref<number>) => useQuery({ queryKey: ['ranking', 'run', id], queryFn: () => rankingApi.run(id.value), enabled: computed(() => id.value > 0), retry: false })

/** Reads every assessment again. */
export function useRankingRefresh() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ['ranking'] })
}

/** Hundredths of a point, and millionths as per cent. */
export const points = (n: number) => (n / 100).toFixed(2)
export const percent = (ppm: number) => `${(ppm / 10_000).toFixed(1)}%`

/** What an indicator is called. */
export function useIndicatorName() {
  const { t, te } = useI18n()
  return (code: string) => (te(`ranking.indicator_${code}`) ? t(`ranking.indicator_${code}`) : code)
}
