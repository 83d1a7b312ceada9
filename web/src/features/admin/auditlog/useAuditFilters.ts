import { computed, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { AuditLine } from '@/api/admin'
import type { Choice, Filter } from '@/components/filters'
import { useMeta } from '@/composables/useMeta'
import { useUrlState } from '@/composables/useUrlState'
import { useAuditWords } from './useAuditWords'

/** The filters of the audit log. People and leads are those seen so far: the auditor may list neither. */
export function useAuditFilters(rows: Ref<AuditLine[]>): ComputedRef<Filter[]> {
  const { t } = useI18n()
  const url = useUrlState()
  const { meta, unitName, enumName } = useMeta()
  const { kinds, kindName, familyName } = useAuditWords()
  const seen = new Map<string, string>()

  const kindChoices = computed<Choice[]>(() => {
    const all = kinds()
    const families = [...new Set(all.map((k) => k.family))]
    return families.flatMap((family) => {
      const group = familyName(family)
      return [{ value: family, text: t('auditlog.all_of', { family: group }), group }, ...all.filter((k) => k.family === family).map((k) => ({ value: k.kind, text: kindName(k.kind), group }))]
    })
  })
  const people = computed<Choice[]>(() => {
    for (const l of rows.value) if (l.user) seen.set(String(l.user.id), l.user.name)
    return [...seen].map(([value, text]) => ({ value, text })).sort((a, b) => a.text.localeCompare(b.text, 'zh'))
  })
  const leads = computed<Choice[]>(() => {
    const ids = new Set(rows.value.flatMap((l) => (l.lead_id ? [String(l.lead_id)] : [])))
    if (url.one('lead_id')) ids.add(url.one('lead_id'))
    return [...ids].sort((a, b) => Number(b) - Number(a)).map((value) => ({ value, text: `${t('auditlog.lead')} ${value}` }))
  })
  const units = computed<Choice[]>(() =>
    (meta.value?.units ?? []).map((u) => ({ value: String(u.id), text: unitName(u.id), hint: `${u.pinyin} ${u.initials}`, group: enumName('unit_kind', u.kind) })).sort((a, b) => a.group.localeCompare(b.group)),
  )
  return computed<Filter[]>(() => [
    { key: 'kind', label: t('auditlog.what'), kind: 'one', pinned: true, choices: kindChoices.value },
    { key: 'user_id', label: t('auditlog.who'), kind: 'one', pinned: true, choices: people.value },
    { key: 'unit_id', label: t('auditlog.unit'), kind: 'one', pinned: true, choices: units.value },
    { key: 'lead_id', label: t('auditlog.lead'), kind: 'one', pinned: true, choices: leads.value },
    { key: 'outcome', label: t('auditlog.outcome'), kind: 'one', pinned: true, choices: [{ value: 'done', text: t('auditlog.done') }, { value: 'refused', text: t('auditlog.refused') }] },
    { key: 'on', label: t('auditlog.days'), kind: 'days', pinned: true },
  ])
}
