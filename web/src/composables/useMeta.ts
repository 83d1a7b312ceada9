import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { metaApi } from '@/api/meta'
import type { EnumName, Label, MetaUnit, Stage } from '@/api/types'
import { useSession } from './useSession'

/** Names of units, stages, chains and words, in the reader's language. */
export function useMeta() {
  const session = useSession()
  const { locale } = useI18n()
  const query = useQuery({
    queryKey: ['meta'],
    queryFn: metaApi.get,
    staleTime: 10 * 60_000,
    enabled: computed(() => session.status === 'live' && !session.mustChange),
  })
  const meta = computed(() => query.data.value)
  const english = computed(() => locale.value === 'en')
  const unitById = computed(() => new Map((meta.value?.units ?? []).map((u) => [u.id, u])))
  const stageByCode = computed(() => new Map((meta.value?.stages ?? []).map((s) => [s.code, s])))
  const mainStages = computed(() => (meta.value?.stages ?? []).filter((s) => s.kind === 'main').sort((a, b) => a.order - b.order))
  const sideStages = computed(() => (meta.value?.stages ?? []).filter((s) => s.kind === 'side'))

  const word = (l?: Label) => (l ? (english.value ? l.en || l.zh : l.zh) : '')
  const unit = (id: number | null | undefined): MetaUnit | undefined => (id == null ? undefined : unitById.value.get(id))
  function unitName(id: number | null | undefined, form: 'full' | 'short' = 'short'): string {
    const u = unit(id)
    if (!u) return id == null ? '' : `#${id}`
    if (english.value) return u.name_en || u.name_zh
    return form === 'short' ? u.short_zh || u.name_zh : u.name_zh
  }
  const stage = (code: string): Stage | undefined => stageByCode.value.get(code)
  const stageName = (code: string | null | undefined) => (code ? word(stage(code)) || code : '')
  const from = (list: Label[] | undefined, code: string | null | undefined) =>
    code ? word(list?.find((l) => l.code === code)) || code : ''
  const chainName = (code: string | null | undefined) => from(meta.value?.chains, code)
  const trackName = (code: string | null | undefined) => from(meta.value?.tracks, code)
  const locationName = (code: string | null | undefined) => from(meta.value?.locations, code)
  const enumName = (name: EnumName, code: string | null | undefined) => from(meta.value?.enums[name], code)
  function parkName(id: number | null | undefined): string {
    const p = meta.value?.parks.find((one) => one.id === id)
    return p ? (english.value ? p.en || p.zh : p.zh) : ''
  }
  /** A source or note in the reader's language, as far as the city's data has it. */
  const sourceText = (text: string | null | undefined) => (!text || english.value ? (text ?? '') : (meta.value?.sources_zh[text] ?? text))
  const rule = (key: string) => meta.value?.rules.find((r) => r.key === key)

  return {
    query, meta, english, mainStages, sideStages, word, unit, unitName, stage, stageName, chainName, trackName, locationName, parkName, enumName, rule, sourceText,
  }
}
