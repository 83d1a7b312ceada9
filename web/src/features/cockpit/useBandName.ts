import { useI18n } from 'vue-i18n'
import type { Band } from '@/api/cockpit'
import { bandName } from './figures'

export function useBandName() {
  const { t, locale } = useI18n()
  return (b: Band) => bandName(b, locale.value === 'en', { below: (x) => t('cockpit.band_below', { x }), from: (x) => t('cockpit.band_from', { x }), unknown: t('cockpit.band_unknown') })
}
