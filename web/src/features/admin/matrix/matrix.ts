import type { Matrix } from '@/api/admin'
import type { Label } from '@/api/types'

export interface Line { key: string; label: Label; cells: Map<string, string[]> }
export interface Group { object: string; plain: boolean; lines: Line[] }

// Rights on these objects do not depend on a lead: they are held or not.
const PLAIN = ['unit', 'user', 'membership', 'role', 'audit', 'duplicate', 'workbench']

/** The permissions by object, each with its cells by role, in the server's order. */
export function groupsOf(m: Matrix): Group[] {
  const out: Group[] = []
  for (const p of m.permissions) {
    const object = p.code.split('.')[0] ?? ''
    let group = out.find((g) => g.object === object)
    if (!group) out.push((group = { object, plain: PLAIN.includes(object), lines: [] }))
    group.lines.push({ key: p.code, label: p, cells: new Map(m.cells.filter((c) => c.permission === p.code).map((c) => [c.role, c.parts])) })
  }
  return out
}

/** The classes of fields with their cells by role. */
export function classesOf(m: Matrix, labels: Label[]): Line[] {
  return labels.map((l) => ({ key: l.code, label: l, cells: new Map(m.classes.filter((c) => c.class === l.code).map((c) => [c.role, c.parts])) }))
}

/** Whether a part needs no mark of its own, because a wider one is held beside it. */
export function covered(part: string, parts: string[]): boolean {
  if (part === 'any_restricted') return false
  if (part === 'any') return parts.includes('any_restricted')
  return parts.includes('any') || parts.includes('any_restricted')
}

/** The parts that occur, for the legend. */
export function partsOf(m: Matrix): string[] {
  return [...new Set([...m.cells, ...m.classes].flatMap((c) => c.parts))]
}

/** The groups with only the rights that one of the roles holds. */
export function heldBy(groups: Group[], roles: string[]): Group[] {
  return groups.map((g) => ({ ...g, lines: g.lines.filter((l) => roles.some((r) => l.cells.has(r))) })).filter((g) => g.lines.length > 0)
}
