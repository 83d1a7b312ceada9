import { inChina } from '@/lib/days'
import type { AuditChange, AuditLine } from '@/api/admin'

/** What the page knows of names; each answers the code itself when it knows none. */
export interface Names {
  unit: (id: number) => string
  stage: (code: string) => string
  chain: (code: string) => string
  track: (code: string) => string
  location: (code: string) => string
  park: (id: number) => string
  word: (list: 'source_channel' | 'confidentiality' | 'handoff_state' | 'role' | 'unit_kind' | 'currency', code: string) => string
  amount: (cents: number) => string
  yes: string
  no: string
}

const ENUMS = {
  source_channel: 'source_channel', confidentiality: 'confidentiality', state: 'handoff_state', role: 'role', kind: 'unit_kind', currency: 'currency',
} as const

/** The value of a changed field as people read it; an empty text stays empty. */
export function valueText(field: string, value: string, names: Names): string {
  if (value === '') return ''
  if (value === 'true' || value === 'false') return value === 'true' ? names.yes : names.no
  if (/(^|_)unit_id$|^parent_id$/.test(field)) return value === '0' ? '' : names.unit(Number(value))
  if (field.endsWith('_cents') && /^-?\d+$/.test(value)) return names.amount(Number(value))
  if (field === 'park_id') return names.park(Number(value)) || value
  if (field === 'stage') return names.stage(value)
  if (field === 'chain') return names.chain(value)
  if (field === 'track') return names.track(value)
  if (field === 'location_code') return names.location(value)
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value)) return inChina(value).format('YYYY-MM-DD HH:mm')
  if (field in ENUMS) return names.word(ENUMS[field as keyof typeof ENUMS], value)
  return value
}

/** The family of a kind: what stands before the dot. */
export function familyOf(kind: string): string {
  return kind.split('.')[0] ?? kind
}

/** Why a value is not shown: hidden with the restricted lead, or never kept. */
export function hiddenBecause(line: Pick<AuditLine, 'masked'>, change: AuditChange): 'restricted' | 'contact' | null {
  if (!change.secret) return null
  return line.masked.length ? 'restricted' : 'contact'
}

/** The query of the list from the address: days of the filter become from and until. */
export function auditQuery(one: (name: string) => string): Record<string, string> {
  const q: Record<string, string> = {}
  for (const name of ['kind', 'user_id', 'unit_id', 'lead_id', 'outcome']) if (one(name)) q[name] = one(name)
  if (one('on.gte')) q.from = one('on.gte')
  if (one('on.lte')) q.until = one('on.lte')
  return q
}
