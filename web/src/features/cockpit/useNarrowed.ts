import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useMeta } from '@/composables/useMeta'
import { useUrlState } from '@/composables/useUrlState'
import { YI } from './figures'

export interface Narrowed { key: string; text: string; may: boolean }

/** What narrows a list beyond its day and slice, in words. */
export function useNarrowed() {
  const { t, locale } = useI18n()
  const url = useUrlState()
  const { stageName, unitName, chainName } = useMeta()
  const unit = (id: string, none: string) => (id === '0' ? t(none) : unitName(Number(id)))
  function band(v: string): string {
    if (v === 'unknown') return t('cockpit.band_unknown')
    return t('cockpit.band_at', { x: locale.value === 'en' ? `¥${(Number(v) / YI) * 100} m` : `${Number(v) / YI} 亿` })
  }
  const words: Record<string, (v: string) => string> = {
    stage: stageName,
    band_from: band,
    place: (v) => v,
    month: (v) => v,
    town: (v) => unit(v, 'cockpit.no_town'),
    unit: (v) => unit(v, 'cockpit.no_unit'),
    chain: (v) => (v === 'none' ? t('cockpit.no_chain') : chainName(v)),
  }
  // A month or a stage is what the figure is made of; without it there is no list.
  const bound = (key: string) => key === 'month' || (key === 'stage' && url.one('measure') === 'leads.stage')
  return computed<Narrowed[]>(() => Object.entries(words).filter(([key]) => url.one(key) !== '').map(([key, say]) => ({ key, text: say(url.one(key)), may: !bound(key) })))
}
