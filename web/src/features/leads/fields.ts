import type { LeadChange } from '@/api/leads'
import type { Lead } from '@/api/types'

export type FieldKind = 'text' | 'long' | 'amount' | 'area' | 'floor' | 'day' | 'chain' | 'track' | 'channel' | 'country' | 'location' | 'park' | 'binding' | 'credit' | 'unit'
export interface LeadField {
  name: keyof Lead & string
  kind: FieldKind
  /** Set by the program or by another act; shown, never edited here. */
  fixed?: boolean
  /** Shown only when somebody filled it in. */
  rare?: boolean
}
export interface FieldGroup { key: string; fields: LeadField[] }

export const groups: FieldGroup[] = [
  {
    key: 'next',
    fields: [{ name: 'next_step', kind: 'text' }, { name: 'next_step_on', kind: 'day' }, { name: 'expected_sign_on', kind: 'day' }],
  },
  {
    key: 'project',
    fields: [
      { name: 'title', kind: 'text' }, { name: 'investor_name', kind: 'text' }, { name: 'credit_code', kind: 'credit' }, { name: 'country', kind: 'country' },
      { name: 'parent_name', kind: 'text' }, { name: 'parent_credit_code', kind: 'credit' }, { name: 'website', kind: 'text' },
      { name: 'chain', kind: 'chain' }, { name: 'track', kind: 'track' }, { name: 'product', kind: 'text' }, { name: 'summary', kind: 'long' },
      { name: 'source_channel', kind: 'channel' }, { name: 'introducer', kind: 'text' },
    ],
  },
  {
    key: 'money',
    fields: [
      { name: 'planned_cents', kind: 'amount' }, { name: 'fixed_assets_cents', kind: 'amount' }, { name: 'output_cents', kind: 'amount' }, { name: 'tax_cents', kind: 'amount' },
      { name: 'promised_fixed_assets_per_mu_cents', kind: 'amount', fixed: true, rare: true }, { name: 'promised_output_per_mu_cents', kind: 'amount', fixed: true, rare: true },
      { name: 'promised_tax_per_mu_cents', kind: 'amount', fixed: true, rare: true },
    ],
  },
  {
    key: 'site',
    fields: [
      { name: 'land_sqm', kind: 'area' }, { name: 'floor_sqm', kind: 'floor' }, { name: 'location_code', kind: 'location' }, { name: 'park_id', kind: 'park' },
    ],
  },
  {
    key: 'dates',
    fields: [
      { name: 'first_contact_on', kind: 'day' }, { name: 'first_contact_unit_id', kind: 'unit', fixed: true }, { name: 'signed_on', kind: 'day', fixed: true, rare: true },
      { name: 'started_on', kind: 'day', fixed: true, rare: true }, { name: 'binding', kind: 'binding' }, { name: 'signing_event', kind: 'text', fixed: true, rare: true },
    ],
  },
]

/** A value as it is sent; an emptied field becomes unknown. */
export function changeOf(name: string, value: unknown): LeadChange {
  return { [name]: value === '' ? null : value } as LeadChange
}
