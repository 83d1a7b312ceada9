import type { ApiError } from '@/api/error'

export type GrantField = 'unit_id' | 'role' | 'from_on' | 'until_on'

// Refusals that name a rule rather than a field: each belongs at the field
// whose choice has to change.
const PLACE: Record<string, GrantField> = {
  'membership.role_unit_mismatch': 'role',
  'membership.two_administrators': 'role',
  'membership.exists': 'role',
  'membership.unit_closed': 'unit_id',
  'unit.unknown': 'unit_id',
}

/** The sentences of a refused grant, at their fields; what fits none is left for the foot of the form. */
export function grantProblem(error: ApiError | null): { at: Partial<Record<GrantField, string>>; foot: string; role: string } {
  const none = { at: {}, foot: '', role: '' }
  if (!error) return none
  const place = PLACE[error.code]
  const role = typeof error.params.role === 'string' && error.code === 'membership.two_administrators' ? error.params.role : ''
  if (place) return { at: { [place]: error.message }, foot: '', role }
  const at = Object.fromEntries(error.fields.filter((f) => ['unit_id', 'role', 'from_on', 'until_on'].includes(f.name)).map((f) => [f.name, f.message]))
  return { at, foot: Object.keys(at).length ? '' : (error.fields[0]?.message ?? error.message), role: '' }
}
