import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { useMediaQuery } from '@vueuse/core'
import { computed, inject, provide, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { cockpitApi, type Measure } from '@/api/cockpit'
import { useMeta } from '@/composables/useMeta'
import { useUrlState } from '@/composables/useUrlState'
import type { Look } from './charts/options'
import { usePalette } from './charts/palette'
import type { By } from './figures'
import { behind, sliceOf, sliceText, type LinkOf, type Slice, type View } from './links'

/** Which day, which slice and which number are shown; all of it stands in the address. */
export function useView() {
  const url = useUrlState()
  const day = computed(() => (/^\d{4}-\d{2}-\d{2}$/.test(url.one('as_of')) ? url.one('as_of') : ''))
  const view = computed<View>(() => ({ as_of: day.value, slice: sliceOf(url.one('slice')) }))
  const by = computed<By>(() => (url.one('by') === 'amount' ? 'amount' : 'count'))
  return { url, view, by }
}

export function useCockpit(view: Ref<View>) {
  const query = computed(() => ({ ...view.value.slice, ...(view.value.as_of ? { as_of: view.value.as_of } : {}) }))
  return useQuery({ queryKey: ['cockpit', query], queryFn: () => cockpitApi.read(query.value as Record<string, string>), staleTime: 30_000, placeholderData: keepPreviousData })
}

/** The catalogue, in the reader's language: what each figure counts. */
export function useMeasures() {
  const { locale } = useI18n()
  const found = useQuery({ queryKey: ['cockpit-measures', locale], queryFn: cockpitApi.measures, staleTime: 10 * 60_000 })
  const byCode = computed(() => new Map((found.data.value ?? []).map((m) => [m.code, m])))
  const measure = (code: string): Measure | undefined => byCode.value.get(code)
  const measureName = (code: string): string => measure(code)?.name ?? ''
  return { found, measure, measureName }
}

/** The measure behind a part of a stage: all of it, what is near its limit, what is over it. */
export const AGES = { ok: 'leads.stage', amber: 'amber', red: 'stuck' } as const

export function useLook(k?: Ref<number>): ComputedRef<Look> {
  const palette = usePalette()
  const still = useMediaQuery('(prefers-reduced-motion: reduce)')
  return computed(() => ({ palette: palette.value, k: k?.value ?? 1, still: still.value }))
}

/** What the parts of the cockpit share. */
export interface Shared {
  view: Ref<View>
  by: Ref<By>
  to: (measure: string, more?: Record<string, string | number | null | undefined>) => LinkOf
  explain: (measure: string) => void
  name: (measure: string) => string
}
const KEY: InjectionKey<Shared> = Symbol('cockpit')

export function share(view: Ref<View>, by: Ref<By>, explain: (measure: string) => void): Shared {
  const { measureName } = useMeasures()
  const all: Shared = { view, by, to: (m, more) => behind(view.value, m, more), explain, name: measureName }
  provide(KEY, all)
  return all
}
export function useShared(): Shared {
  const all = inject(KEY)
  if (!all) throw new Error('outside of the cockpit')
  return all
}

/** The slice in words. */
export function useSliceName() {
  const { t } = useI18n()
  const { unitName, chainName } = useMeta()
  return (s: Slice, city = true): string => {
    if (!sliceText(s)) return t(city ? 'cockpit.whole' : 'cockpit.own')
    if (s.chain !== undefined) return s.chain === 'none' ? t('cockpit.no_chain') : chainName(s.chain)
    return unitName(Number(s.town ?? s.unit))
  }
}
