import type { Lead } from '@/api/types'
import { groups, type LeadField } from './fields'

/** The fields that a merge may take over, in the order of the page. */
export const MERGE_FIELDS: readonly (keyof Lead & string)[] = [
  'title', 'investor_name', 'credit_code', 'parent_name', 'parent_credit_code', 'website', 'country', 'source_channel', 'introducer', 'location_code', 'park_id', 'chain', 'track', 'currency',
  'planned_cents', 'fixed_assets_cents', 'output_cents', 'tax_cents', 'land_sqm', 'floor_sqm', 'product', 'summary', 'first_contact_on',
  'expected_sign_on', 'binding', 'next_step', 'next_step_on',
]
const MONEY = ['currency', 'planned_cents', 'fixed_assets_cents', 'output_cents', 'tax_cents']

export type Choice = 'keep' | 'take'

export function fieldOf(name: keyof Lead & string): LeadField {
  return groups.flatMap((g) => g.fields).find((f) => f.name === name) ?? { name, kind: 'text' }
}

const value = (l: Lead, name: keyof Lead & string): string => JSON.stringify([l[name] ?? null, l.at_least.includes(name)])

/** The fields in which the two leads differ and of which both sides are seen. */
export function differing(ends: Lead, stays: Lead): LeadField[] {
  return MERGE_FIELDS.filter((name) => !ends.masked.includes(name) && !stays.masked.includes(name) && value(ends, name) !== value(stays, name)).map(fieldOf)
}

/** What is proposed: a value that the lead that stays does not have is taken over. */
export function firstChoices(ends: Lead, stays: Lead): Record<string, Choice> {
  const empty = (v: unknown) => v === null || v === undefined || v === ''
  const one = ends.currency === stays.currency
  return Object.fromEntries(differing(ends, stays).map((f) => [f.name, empty(stays[f.name]) && (one || !MONEY.includes(f.name)) ? 'take' : 'keep']))
}

/** One choice; where the currencies differ all amounts go with theirs. */
export function choose(ends: Lead, stays: Lead, was: Record<string, Choice>, name: string, side: Choice): Record<string, Choice> {
  const together = ends.currency !== stays.currency && MONEY.includes(name)
  return { ...was, ...(together ? Object.fromEntries(MONEY.map((m) => [m, side])) : { [name]: side }) }
}
