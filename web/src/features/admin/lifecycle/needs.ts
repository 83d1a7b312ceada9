import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useMeta } from '@/composables/useMeta'

/** What a stage may need, as the server knows it. */
export function useNeeds() {
  const { locale } = useI18n()
  const { meta } = useMeta()
  const all = computed(() => (meta.value?.gate_needs ?? []).map((n) => ({ kind: n.kind, name: n.name, text: locale.value === 'en' ? n.en : n.zh })))
  const named = (kind: string, name: string) => all.value.find((n) => n.kind === kind && n.name === name)?.text ?? name
  return { all, named }
}
