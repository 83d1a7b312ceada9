/** One field of a row that two people changed from the same version. */
export interface Difference { name: string; before: unknown; mine: unknown; theirs: unknown; by: 'me' | 'them' | 'both' }
export type Side = 'mine' | 'theirs'

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** The fields in which what I typed, or what stands there now, is not what I opened. */
export function differences(names: readonly string[], before: object, mine: object, theirs: object): Difference[] {
  const [b, m, o] = [before, mine, theirs] as Record<string, unknown>[]
  return names.flatMap((name) => {
    const iDid = !same(b![name], m![name])
    const theyDid = !same(b![name], o![name])
    if (same(m![name], o![name])) return []
    return [{ name, before: b![name], mine: m![name], theirs: o![name], by: iDid && theyDid ? 'both' as const : iDid ? 'me' as const : 'them' as const }]
  })
}

/** What to send over their version so that the row is as chosen. */
export function chosen(rows: Difference[], sides: Record<string, Side>): Record<string, unknown> {
  return Object.fromEntries(rows.filter((r) => sides[r.name] === 'mine').map((r) => [r.name, r.mine]))
}

/** What each field starts with: what somebody typed is not given up by default. */
export function firstChoice(rows: Difference[]): Record<string, Side> {
  return Object.fromEntries(rows.map((r) => [r.name, r.by === 'them' ? 'theirs' : 'mine']))
}
