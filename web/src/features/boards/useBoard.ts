import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { boardsApi, type Dimension, type Tally } from '@/api/boards'
import { useMeta } from '@/composables/useMeta'
import { inOrder, months } from './figures'

/** Counts and sums of what the reader may see, by one dimension. */
export function usePipeline(by: Ref<Dimension>, enabled?: Ref<boolean>) {
  return useQuery({ queryKey: ['pipeline', by], queryFn: () => boardsApi.pipeline(by.value), staleTime: 30_000, ...(enabled ? { enabled } : {}) })
}

export interface Group { key: string; text: string; rows: Tally[] }

/** The rows of a board in the order people expect, in named groups. */
export function useGroups(by: Ref<Dimension>, items: Ref<Tally[]>, sort: Ref<'count' | 'amount'>, empty: Ref<boolean>) {
  const { t } = useI18n()
  const { meta, mainStages, sideStages, enumName } = useMeta()
  const larger = (a: Tally, b: Tally) => (sort.value === 'count' ? b.count - a.count || b.sum_cents - a.sum_cents : b.sum_cents - a.sum_cents || b.count - a.count)
  const unknown = () => items.value.filter((i) => i.key === '')

  function stages(): Group[] {
    const of = (codes: string[]) => inOrder(items.value, codes)
    return [
      { key: 'main', text: t('boards.main'), rows: of(mainStages.value.map((s) => s.code)) },
      { key: 'side', text: t('boards.side'), rows: of(sideStages.value.map((s) => s.code)).filter((i) => i.count > 0) },
    ]
  }
  function units(): Group[] {
    const all = (meta.value?.units ?? []).map((u) => ({ kind: u.kind, open: u.open, row: inOrder(items.value, [String(u.id)])[0] as Tally }))
    const kinds = [...new Set(all.map((u) => u.kind))]
    return kinds.map((kind) => ({
      key: kind, text: enumName('unit_kind', kind),
      rows: all.filter((u) => u.kind === kind && (u.row.count > 0 || (empty.value && u.open && kind !== 'leading' && kind !== 'other'))).map((u) => u.row).sort(larger),
    }))
  }
  function chains(): Group[] {
    const known = inOrder(items.value, (meta.value?.chains ?? []).map((c) => c.code)).sort(larger)
    return [{ key: 'all', text: '', rows: [...known, ...unknown()] }]
  }
  function byMonth(): Group[] {
    return [{ key: 'all', text: '', rows: [...months(items.value, meta.value?.today ?? '').reverse(), ...unknown()] }]
  }
  const make: Record<Dimension, () => Group[]> = { stage: stages, unit: units, chain: chains, month: byMonth }
  return computed<Group[]>(() => (meta.value ? make[by.value]().filter((g) => g.rows.length > 0) : []))
}

/** The reader's word for a key. */
export function useKeyName() {
  const { t } = useI18n()
  const { stageName, unitName, chainName } = useMeta()
  return (by: Dimension, key: string): string => {
    if (key === '') return t(`boards.none_${by}`)
    if (by === 'stage') return stageName(key)
    if (by === 'unit') return unitName(Number(key))
    return by === 'chain' ? chainName(key) : key
  }
}
