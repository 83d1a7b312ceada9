export interface Choice { value: string; text: string; hint?: string; group?: string }

/** One filter of a list: which names of the address it fills, and how it is asked. */
export type Filter =
  | { key: string; label: string; kind: 'many' | 'one'; choices: Choice[]; pinned?: boolean; /** Asks for what was typed; choices are then only the names already known. */ find?: (typed: string) => Promise<Choice[]> }
  | { key: string; label: string; kind: 'amount' | 'days'; pinned?: boolean }

/** The names in the address: key, or key.gte and key.lte for a range. */
export function namesOf(f: Filter): string[] {
  return f.kind === 'amount' || f.kind === 'days' ? [`${f.key}.gte`, `${f.key}.lte`] : [f.key]
}
