import { answers, type Named } from '@/lib/pinyin'

export interface TreeUnit extends Named { id: number; kind: string; parent_id: number | null; open: boolean }
export interface Node<U> { unit: U; depth: number; children: number }
export interface Branch<U> { kind: string; nodes: Node<U>[]; count: number }

/**
 * Units by kind, in the server's order of kinds; a unit below another of its
 * kind stands under it. A unit whose parent is of another kind, or lies on a
 * circle, stands at the top of its own.
 */
export function grow<U extends TreeUnit>(units: U[], kinds: string[]): Branch<U>[] {
  return kinds
    .map((kind) => {
      const mine = units.filter((u) => u.kind === kind)
      return { kind, nodes: below(mine), count: mine.length }
    })
    .filter((b) => b.count > 0)
}

function below<U extends TreeUnit>(mine: U[]): Node<U>[] {
  const ids = new Set(mine.map((u) => u.id))
  const out: Node<U>[] = []
  const seen = new Set<number>()
  const put = (u: U, depth: number): void => {
    if (seen.has(u.id)) return
    seen.add(u.id)
    const children = mine.filter((c) => c.parent_id === u.id && !seen.has(c.id))
    out.push({ unit: u, depth, children: children.length })
    children.forEach((c) => put(c, depth + 1))
  }
  mine.filter((u) => u.parent_id === null || !ids.has(u.parent_id)).forEach((u) => put(u, 0))
  mine.forEach((u) => put(u, 0))
  return out
}

/** The units that answer what was typed, the best first; all of them without a text. */
export function find<U extends TreeUnit & { codes?: { code: string }[] }>(units: U[], typed: string): U[] {
  const q = typed.trim()
  if (!q) return units
  return units
    .map((u) => ({ u, n: /^\d{3,}$/.test(q) ? (u.codes?.some((c) => c.code.startsWith(q)) ? 3 : 0) : answers(u, q) }))
    .filter((x) => x.n > 0)
    .sort((a, b) => b.n - a.n)
    .map((x) => x.u)
}
