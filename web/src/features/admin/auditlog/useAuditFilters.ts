import { computed, reactive, watch, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { auditApi, type AuditLine } from '@/api/admin'
import type { Choice, Filter } from '@/components/filters'
import { useMeta } from '@/composables/useMeta'
import { useUrlState } from '@/composables/useUrlState'
import { useAuditWords } from './useAuditWords'

/** The filters of the audit log. People are found by name, leads by their number: the auditor may read no list of them. */
export function useAuditFilters(rows: Ref<AuditLine[]>): ComputedRef<Filter[]> {
  const { t } = useI18n()
  const url = useUrlState()
  const { meta, unitName, enumName } = useMeta()
  const { kinds, kindName, familyName } = useAuditWords()
  const names = reactive(new Map<string, string>())
  const findPeople = async (query: { q?: string; user_id?: string }): Promise<Choice[]> => {
    const { items } = await auditApi.people(query)
    for (const p of items) names.set(String(p.id), p.name)
    return items.map((p) => ({ value: String(p.id), text: `${p.name} ${p.username}${p.active ? '' : ` · ${t('auditlog.closed_account')}`}` }))
  }
  // A link names somebody whose lines are not loaded yet.
  watch([() => url.one('user_id'), rows], ([user]) => {
    for (const l of rows.value) if (l.user) names.set(String(l.user.id), l.user.name)
    if (user && !names.has(user)) void findPeople({ user_id: user }).catch(() => undefined) // the number stands for the name
  }, { immediate: true })

  const kindChoices = computed<Choice[]>(() => {
    const all = kinds()
    const families = [...new Set(all.map((k) => k.family))]
    return families.flatMap((family) => {
      const group = familyName(family)
      return [{ value: family, text: t('auditlog.all_of', { family: group }), group }, ...all.filter((k) => k.family === family).map((k) => ({ value: k.kind, text: kindName(k.kind), group }))]
    })
  })
  const people = computed<Choice[]>(() => [...names].map(([value, text]) => ({ value, text })))
  const leads = computed<Choice[]>(() => {
    const ids = new Set(rows.value.flatMap((l) => (l.lead_id ? [String(l.lead_id)] : [])))
    if (url.one('lead_id')) ids.add(url.one('lead_id'))
    return [...ids].sort((a, b) => Number(b) - Number(a)).map(leadChoice)
  })
  const leadChoice = (value: string): Choice => ({ value, text: `${t('auditlog.lead')} ${value}` })
  const findLead = (typed: string): Promise<Choice[]> => {
    const n = typed.replace(/\D/g, '')
    const listed = leads.value.filter((c) => c.value.includes(n))
    return Promise.resolve(n && Number(n) > 0 && !listed.some((c) => c.value === n) ? [leadChoice(n), ...listed] : listed)
  }
  const units = computed<Choice[]>(() =>
    (meta.value?.units ?? []).map((u) => ({ value: String(u.id), text: unitName(u.id), hint: `${u.pinyin} ${u.initials}`, group: enumName('unit_kind', u.kind) })).sort((a, b) => a.group.localeCompare(b.group)),
  )
  return computed<Filter[]>(() => [
    { key: 'kind', label: t('auditlog.what'), kind: 'one', pinned: true, choices: kindChoices.value },
    { key: 'user_id', label: t('auditlog.who'), kind: 'one', pinned: true, choices: people.value, find: (q) => findPeople({ q }) },
    { key: 'unit_id', label: t('auditlog.unit'), kind: 'one', pinned: true, choices: units.value },
    { key: 'lead_id', label: t('auditlog.lead'), kind: 'one', pinned: true, choices: leads.value, find: findLead },
    { key: 'outcome', label: t('auditlog.outcome'), kind: 'one', pinned: true, choices: [{ value: 'done', text: t('auditlog.done') }, { value: 'refused', text: t('auditlog.refused') }] },
    { key: 'on', label: t('auditlog.days'), kind: 'days', pinned: true },
  ])
}
