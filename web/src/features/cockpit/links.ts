import type { LocationQuery } from 'vue-router'

/** What a figure is narrowed to: one town, one unit or one chain; the city when empty. */
export interface Slice { town?: string; unit?: string; chain?: string }
export interface View { as_of: string; slice: Slice }
export interface LinkOf { path: string; query: Record<string, string> }

export const SLICES = ['town', 'unit', 'chain'] as const

/** The slice as it stands in the address: town:12, unit:5, chain:ai. */
export function sliceOf(text: string): Slice {
  const at = text.indexOf(':')
  const kind = SLICES.find((k) => k === text.slice(0, at))
  return kind && text.length > at + 1 ? { [kind]: text.slice(at + 1) } : {}
}

export function sliceText(s: Slice): string {
  const kind = SLICES.find((k) => s[k] !== undefined)
  return kind ? `${kind}:${s[kind]}` : ''
}

/** The list behind a figure: the same day, the same slice, and what narrows it further. */
export function behind(view: View, measure: string, more: Record<string, string | number | null | undefined> = {}): LinkOf {
  const query: Record<string, string> = { measure }
  if (view.as_of) query.as_of = view.as_of
  if (sliceText(view.slice)) query.slice = sliceText(view.slice)
  for (const [k, v] of Object.entries(more)) if (v !== undefined && v !== null) query[k] = String(v)
  return { path: '/cockpit/list', query }
}

/** What the server is asked for, from the address of the list. */
export function asked(query: LocationQuery): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [k, v] of Object.entries(query)) if (k !== 'slice' && typeof v === 'string' && v !== '') out[k] = v
  return { ...out, ...(typeof query.slice === 'string' ? sliceOf(query.slice) : {}) }
}
