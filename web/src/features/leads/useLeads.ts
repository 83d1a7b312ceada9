import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, nextTick, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Query } from '@/api/client'
import { leadsApi } from '@/api/leads'
import type { Lead, Page } from '@/api/types'
import type { Filter } from '@/components/filters'
import { useMeta } from '@/composables/useMeta'
import { useUrlState } from '@/composables/useUrlState'
import { monthsAround } from '@/lib/days'

const MULTI = ['stage', 'unit_id', 'first_contact_unit_id', 'chain', 'track', 'part', 'sign_month', 'protection'] as const
const SINGLE = ['quiet', 'ended', 'invented', 'q', 'planned_cents.gte', 'planned_cents.lte', 'expected_sign_on.gte', 'expected_sign_on.lte', 'next_step_on.gte', 'next_step_on.lte', 'created_on.gte', 'created_on.lte'] as const

/** The filters of the lead list, as chips. */
export function useLeadFilters(): ComputedRef<Filter[]> {
  const { t } = useI18n()
  const { meta, word, unitName, enumName, rule } = useMeta()
  return computed<Filter[]>(() => {
    const m = meta.value
    const units = (m?.units ?? []).map((u) => ({ value: String(u.id), text: unitName(u.id), hint: `${u.pinyin} ${u.initials}`, group: enumName('unit_kind', u.kind) }))
      .sort((a, b) => a.group.localeCompare(b.group))
    const yesNo = (yes: string, no: string) => [{ value: 'true', text: yes }, { value: 'false', text: no }]
    const none = (text: string) => ({ value: 'none', text })
    return [
      { key: 'stage', label: t('leads.stage'), kind: 'many', pinned: true, choices: (m?.stages ?? []).map((s) => ({ value: s.code, text: word(s), group: t(`leads.stages_${s.kind}`) })) },
      { key: 'part', label: t('leads.part'), kind: 'many', pinned: true, choices: ['owner', 'offered', 'past', 'helper', 'chain', 'coordinator'].map((p) => ({ value: p, text: enumName('part', p) })) },
      { key: 'unit_id', label: t('leads.holder'), kind: 'many', pinned: true, choices: units },
      { key: 'chain', label: t('leads.chain'), kind: 'many', pinned: true, choices: [...(m?.chains ?? []).map((c) => ({ value: c.code, text: word(c) })), none(t('leads.no_chain'))] },
      { key: 'planned_cents', label: t('leads.planned'), kind: 'amount', pinned: true },
      { key: 'sign_month', label: t('leads.sign_month'), kind: 'many', choices: [...monthsAround(m?.today ?? '', 36, 24).map((x) => ({ value: x, text: x })), none(t('leads.no_month'))] },
      { key: 'expected_sign_on', label: t('leads.expected_sign_on'), kind: 'days' },
      { key: 'next_step_on', label: t('leads.next_step_on'), kind: 'days' },
      { key: 'created_on', label: t('leads.created_at'), kind: 'days' },
      { key: 'quiet', label: t('leads.quiet'), kind: 'one', choices: [{ value: 'true', text: t('leads.quiet_over', { n: rule('quiet_days')?.value ?? '' }) }] },
      { key: 'track', label: t('leads.track'), kind: 'many', choices: (m?.tracks ?? []).map((x) => ({ value: x.code, text: word(x) })) },
      { key: 'first_contact_unit_id', label: t('leads.first_contact_unit'), kind: 'many', choices: units },
      { key: 'protection', label: t('register.filter'), kind: 'many', choices: ['pending', 'active', 'lapsed', 'ended', 'overruled', 'rejected'].map((x) => ({ value: x, text: enumName('protection', x) })) },
      { key: 'ended', label: t('leads.ended'), kind: 'one', choices: yesNo(t('leads.ended_yes'), t('leads.ended_no')) },
      { key: 'invented', label: t('leads.invented_filter'), kind: 'one', choices: yesNo(t('leads.invented_yes'), t('leads.invented_no')) },
    ]
  })
}

/** The query of the list as the address has it. */
export function useLeadQuery(): ComputedRef<Query> {
  const url = useUrlState()
  return computed(() => {
    const q: Query = {}
    for (const name of MULTI) if (url.all(name).length) q[name] = url.all(name)
    for (const name of SINGLE) if (url.one(name)) q[name] = url.one(name)
    return q
  })
}

/** The pages of a list, one after the other. */
export function useLeadPages(query: Ref<Query>, limit: number, enabled?: Ref<boolean>) {
  const found = useInfiniteQuery({
    queryKey: ['leads', query, limit],
    queryFn: ({ pageParam, signal }) => leadsApi.list({ ...query.value, limit, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Page<Lead>) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    ...(enabled ? { enabled } : {}),
  })
  const rows = computed<Lead[]>(() => found.data.value?.pages.flatMap((p) => p.items) ?? [])
  const total = computed(() => found.data.value?.pages[0]?.total ?? null)
  return { found, rows, total }
}

export function useLead(id: Ref<number>) {
  return useQuery({ queryKey: ['lead', id], queryFn: () => leadsApi.get(id.value) })
}

/** After a change: the fresh row is shown at once, everything beside it is asked again. */
export function useLeadRefresh() {
  const client = useQueryClient()
  return async (id: number, fresh?: Lead): Promise<void> => {
    if (fresh) client.setQueryData(['lead', id], fresh)
    else await client.invalidateQueries({ queryKey: ['lead', id] })
    await nextTick() // a page that just lost the lead takes away what hangs on it
    for (const key of ['timeline', 'custody', 'package', 'helpers', 'contacts', 'files', 'members', 'why', 'clocks', 'path', 'gate', 'confirmations', 'fair']) void client.invalidateQueries({ queryKey: [key, id] })
    for (const key of ['leads', 'workbench', 'pipeline', 'handoffs', 'clock-list', 'asked']) void client.invalidateQueries({ queryKey: [key] })
  }
}
