import { computed, nextTick, ref, type Ref } from 'vue'
import type { Tree } from '@/api/targets'
import { copyText } from '@/lib/clipboard'
import { keyOf, whyNot, type Column, type Key, type Row, type Sheet, type Why } from './sheet'
import { fromTSV, read, toTSV, written } from './values'

export interface Spot { r: number; c: number }
export interface GridOf {
  tree: Ref<Tree>
  rows: Ref<Row[]>
  columns: Ref<Column[]>
  sheet: Ref<Sheet>
  /** Counts the changes of the sheet, so that the page follows. */
  tick: Ref<number>
  said: (what: 'read_only' | 'unreadable' | 'pasted' | 'copied', n: number) => void
  save: () => void
}

/** Choosing, typing, filling and pasting, all by keyboard. */
export function useGrid(g: GridOf) {
  const at = ref<Spot>({ r: 0, c: 0 })
  const anchor = ref<Spot>({ r: 0, c: 0 })
  const editing = ref<string | null>(null)
  const corrects = computed(() => g.tree.value.can.includes('correct'))
  const box = computed(() => ({
    top: Math.min(at.value.r, anchor.value.r), bottom: Math.max(at.value.r, anchor.value.r),
    left: Math.min(at.value.c, anchor.value.c), right: Math.max(at.value.c, anchor.value.c),
  }))
  const row = (r: number): Row => g.rows.value[r]!
  const column = (c: number): Column => g.columns.value[c]!
  const keyAt = (r: number, c: number): Key => keyOf(row(r).unit.unit_id, column(c).indicator.code, column(c).month)
  const why = (r: number, c: number): Why => (row(r) && column(c) ? whyNot(g.tree.value, row(r), column(c), corrects.value) : 'sum')

  function valueAt(r: number, c: number): number | null {
    void g.tick.value
    const k = column(c)
    if (k.kind === 'left') return row(r).kind === 'rest' ? null : g.sheet.value.left(row(r).unit.unit_id, k.indicator.code)
    return row(r).kind === 'rest' ? g.sheet.value.rest(row(r), k.indicator.code, k.month) : g.sheet.value.value(keyAt(r, c))
  }

  function go(r: number, c: number, extend = false): void {
    at.value = { r: Math.max(0, Math.min(g.rows.value.length - 1, r)), c: Math.max(0, Math.min(g.columns.value.length - 1, c)) }
    if (!extend) anchor.value = { ...at.value }
  }

  function put(changes: { key: Key; value: number | null }[]): void {
    if (changes.length === 0) return
    g.sheet.value.set(changes)
    g.tick.value++
  }

  function begin(text?: string): void {
    const reason = why(at.value.r, at.value.c)
    if (reason) return g.said('read_only', 1)
    editing.value = text ?? written(valueAt(at.value.r, at.value.c), column(at.value.c).indicator.unit)
  }

  /** Takes what was typed; false when it cannot be read. */
  function commit(): boolean {
    if (editing.value === null) return true
    const v = read(editing.value, column(at.value.c).indicator.unit)
    if (!v.ok) {
      g.said('unreadable', 1)
      return false
    }
    put([{ key: keyAt(at.value.r, at.value.c), value: v.value }])
    editing.value = null
    return true
  }

  /** Writes a rectangle of texts from the upper left of what is chosen; what cannot be edited is passed over and counted. */
  function paste(text: string): void {
    const table = fromTSV(text)
    const b = box.value
    const one = table.length === 1 && table[0]!.length === 1
    const high = one ? b.bottom - b.top + 1 : table.length
    const wide = one ? b.right - b.left + 1 : Math.max(...table.map((l) => l.length))
    const changes: { key: Key; value: number | null }[] = []
    let locked = 0
    let unreadable = 0
    for (let y = 0; y < high; y++) {
      for (let x = 0; x < wide; x++) {
        const typed = one ? table[0]![0]! : table[y]?.[x]
        const r = b.top + y
        const c = b.left + x
        if (typed === undefined || r >= g.rows.value.length || c >= g.columns.value.length) continue
        if (why(r, c)) { locked++; continue }
        const v = read(typed, column(c).indicator.unit)
        if (!v.ok) { unreadable++; continue }
        changes.push({ key: keyAt(r, c), value: v.value })
      }
    }
    put(changes)
    if (unreadable) g.said('unreadable', unreadable)
    else if (locked) g.said('read_only', locked)
    else g.said('pasted', changes.length)
    if (!one) { anchor.value = { r: b.top, c: b.left }; at.value = { r: Math.min(b.top + high, g.rows.value.length) - 1, c: Math.min(b.left + wide, g.columns.value.length) - 1 } }
  }

  function copied(): string {
    const b = box.value
    const out: string[][] = []
    for (let r = b.top; r <= b.bottom; r++) {
      const line: string[] = []
      for (let c = b.left; c <= b.right; c++) line.push(written(valueAt(r, c), column(c).indicator.unit))
      out.push(line)
    }
    return toTSV(out)
  }

  async function copy(): Promise<void> {
    const b = box.value
    if (await copyText(copied())) g.said('copied', (b.bottom - b.top + 1) * (b.right - b.left + 1))
  }

  /** Fills what is chosen with its first row (down) or first column (right). */
  function fill(down: boolean): void {
    const b = box.value
    const changes: { key: Key; value: number | null }[] = []
    let locked = 0
    for (let r = b.top; r <= b.bottom; r++) {
      for (let c = b.left; c <= b.right; c++) {
        if (down ? r === b.top : c === b.left) continue
        if (why(r, c)) { if (row(r).kind === 'unit') locked++; continue }
        const from = down ? valueAt(b.top, c) : valueAt(r, b.left)
        changes.push({ key: keyAt(r, c), value: from })
      }
    }
    put(changes)
    if (locked) g.said('read_only', locked)
  }

  function clear(): void {
    const b = box.value
    const changes: { key: Key; value: number | null }[] = []
    for (let r = b.top; r <= b.bottom; r++) for (let c = b.left; c <= b.right; c++) if (!why(r, c)) changes.push({ key: keyAt(r, c), value: null })
    if (changes.length === 0) g.said('read_only', 1)
    put(changes)
  }

  function back(redo: boolean): void {
    const step = redo ? g.sheet.value.redo() : g.sheet.value.undo()
    if (step) g.tick.value++
  }

  const MOVES: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-12, 0], PageDown: [12, 0] }

  function key(e: KeyboardEvent): void {
    if (e.isComposing || e.altKey) return
    const done = editing.value === null ? command(e) : typing(e)
    if (done) { e.preventDefault(); e.stopPropagation() }
  }

  function typing(e: KeyboardEvent): boolean {
    if (e.key === 'Escape') { editing.value = null; return true }
    if (e.key !== 'Enter' && e.key !== 'Tab') return false
    if (!commit()) return true
    const by = e.shiftKey ? -1 : 1
    if (e.key === 'Enter') go(at.value.r + by, at.value.c)
    else go(at.value.r, at.value.c + by)
    return true
  }

  function command(e: KeyboardEvent): boolean {
    if (e.ctrlKey || e.metaKey) return shortcut(e)
    const move = MOVES[e.key]
    if (move) { go(at.value.r + move[0], at.value.c + move[1], e.shiftKey); return true }
    switch (e.key) {
      case 'Enter': go(at.value.r + (e.shiftKey ? -1 : 1), at.value.c); return true
      case 'Tab': {
        // At the ends the focus leaves the grid, so that nobody is caught in it.
        const to = at.value.c + (e.shiftKey ? -1 : 1)
        if (to < 0 || to >= g.columns.value.length) return false
        go(at.value.r, to)
        return true
      }
      case 'Home': go(at.value.r, 0, e.shiftKey); return true
      case 'End': go(at.value.r, g.columns.value.length - 1, e.shiftKey); return true
      case 'F2': begin(); return true
      case 'Delete': case 'Backspace': clear(); return true
    }
    if (e.key.length === 1 && /[\d.０-９一-九]/.test(e.key)) { begin(e.key); return true }
    return false
  }

  function shortcut(e: KeyboardEvent): boolean {
    switch (e.key.toLowerCase()) {
      case 'z': back(e.shiftKey); return true
      case 'y': back(true); return true
      case 'd': fill(true); return true
      case 'r': if (box.value.left === box.value.right) return false; fill(false); return true
      case 'c': void copy(); return true
      case 's': g.save(); return true
      case 'a': anchor.value = { r: 0, c: 0 }; at.value = { r: g.rows.value.length - 1, c: g.columns.value.length - 1 }; return true
      case 'home': go(0, 0, e.shiftKey); return true
      case 'end': go(g.rows.value.length - 1, g.columns.value.length - 1, e.shiftKey); return true
    }
    return false
  }

  const later = () => nextTick()
  return { at, anchor, box, editing, valueAt, keyAt, why, go, begin, commit, paste, copy, fill, back, key, later }
}
