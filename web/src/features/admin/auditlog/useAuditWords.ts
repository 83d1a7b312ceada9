import { useI18n } from 'vue-i18n'
import type { AuditLine } from '@/api/admin'
import { useMeta } from '@/composables/useMeta'
import { formatAmount } from '@/lib/amount'
import { familyOf, valueText, type Names } from './words'

/** Kinds, fields and values of audit lines in the reader's language. */
export function useAuditWords() {
  const { t, te, tm } = useI18n()
  const { english, unitName, stageName, chainName, trackName, locationName, parkName, enumName } = useMeta()
  // A refused attempt is named by the permission that it needed.
  const kindName = (kind: string): string => (te(`auditlog.kinds.${kind}`) ? t(`auditlog.kinds.${kind}`) : enumName('permission', kind) || kind)
  const familyName = (family: string): string => (te(`auditlog.families.${family}`) ? t(`auditlog.families.${family}`) : family)
  const fieldName = (field: string): string => {
    if (te(`auditlog.fields.${field}`)) return t(`auditlog.fields.${field}`)
    return te(`leads.f_${field}`) ? t(`leads.f_${field}`) : field
  }
  const codeName = (code: string): string => (te(`auditlog.codes.${code}`) ? t(`auditlog.codes.${code}`) : '')
  const value = (field: string, v: string): string => {
    const names: Names = {
      unit: (id) => unitName(id), stage: stageName, chain: chainName, track: trackName, location: locationName, park: parkName, word: enumName,
      amount: (cents) => formatAmount(cents, 'CNY', english.value), yes: t('common.yes'), no: t('common.no'),
    }
    return valueText(field, v, names)
  }
  const objectName = (l: AuditLine): string => (l.object ? `${familyName(l.object)}${l.object_id ? ` ${l.object_id}` : ''}` : '')
  /** Every kind the page has a word for, by family. */
  const kinds = (): { family: string; kind: string }[] =>
    Object.entries(tm('auditlog.kinds') as Record<string, Record<string, unknown>>).flatMap(([family, acts]) =>
      Object.keys(acts).map((act) => ({ family, kind: `${family}.${act}` })),
    )
  return { kindName, familyName, fieldName, codeName, value, objectName, kinds, familyOf }
}
