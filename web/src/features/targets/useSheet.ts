import { computed, ref, shallowRef, triggerRef, watch, type Ref } from 'vue'
import { isApiError } from '@/api/error'
import { targetsApi, type BrokenLimit, type CellEdit, type Clash, type Tree } from '@/api/targets'
import { useSession } from '@/composables/useSession'
import { held, keyOf, partsOf, Sheet, type Key, type Typed } from './sheet'

const BATCH = 500

/** The sheet of a year with what was typed over it: kept in this browser until it is saved. */
export function useSheet(tree: Ref<Tree | undefined>, year: Ref<number>) {
  const session = useSession()
  const sheet = shallowRef(new Sheet(new Map()))
  const tick = ref(0)
  const clashes = ref<Clash[]>([])
  const limits = ref<BrokenLimit[]>([])
  const busy = ref(false)
  const restored = ref(0)
  const name = () => `lr.targets.${session.user?.id ?? 0}.${year.value}`
  let opened = 0

  function kept(): Map<Key, Typed> {
    try {
      return new Map(JSON.parse(localStorage.getItem(name()) ?? '[]') as [Key, Typed][])
    } catch {
      localStorage.removeItem(name())
      return new Map()
    }
  }
  function keep(): void {
    if (sheet.value.typed.size === 0) localStorage.removeItem(name())
    else localStorage.setItem(name(), JSON.stringify([...sheet.value.typed]))
  }

  watch(tree, (now) => {
    if (!now || now.year !== year.value) return
    const base = held(now.cells)
    if (opened === now.year) sheet.value.base = base
    else {
      const typed = kept()
      // What was typed and stands by now is no draft.
      for (const [key, one] of typed) if ((base.get(key)?.value ?? null) === one.value) typed.delete(key)
      sheet.value = new Sheet(base, typed)
      restored.value = typed.size
      opened = now.year
    }
    triggerRef(sheet)
    tick.value++
  }, { immediate: true })

  function changed(): void {
    tick.value++
    limits.value = []
    keep()
  }
  const count = computed(() => { void tick.value; return sheet.value.typed.size })
  const edits = computed<CellEdit[]>(() => {
    void tick.value
    return [...sheet.value.typed].map(([key, one]) => {
      const p = partsOf(key)
      return { unit_id: p.unit, indicator: p.indicator, month: p.month === 0 ? null : p.month, value: one.value, version: one.version }
    }).sort((a, b) => a.indicator.localeCompare(b.indicator) || a.unit_id - b.unit_id || (a.month ?? 0) - (b.month ?? 0))
  })
  const closed = computed(() => edits.value.some((e) => e.month !== null && tree.value?.closed_months.includes(e.month)))

  function dropped(): void {
    sheet.value.settle([...sheet.value.typed.keys()])
    clashes.value = []
    changed()
  }

  /** Sends what was typed in batches; each is taken whole or not at all. Tells how many cells were saved. */
  async function save(reason: string): Promise<number> {
    busy.value = true
    let saved = 0
    try {
      for (const part of parts(edits.value)) {
        await targetsApi.save(year.value, part, reason, closed.value)
        for (const e of part) {
          const key = keyOf(e.unit_id, e.indicator, e.month ?? 0)
          sheet.value.base.set(key, { value: e.value, version: e.version + 1 })
        }
        sheet.value.settle(part.map((e) => keyOf(e.unit_id, e.indicator, e.month ?? 0)))
        saved += part.length
        changed()
      }
      return saved
    } catch (e) {
      if (isApiError(e) && e.code === 'target.clash') clashes.value = e.params.cells as Clash[]
      if (isApiError(e) && e.code === 'target.limit') limits.value = e.params.rows as BrokenLimit[]
      throw e
    } finally {
      busy.value = false
    }
  }

  /** Goes on from a clash: over theirs where mine was chosen, else with theirs. */
  function settle(mine: Set<Key>): void {
    for (const c of clashes.value) {
      const key = keyOf(c.unit_id, c.indicator, c.month)
      sheet.value.base.set(key, { value: c.theirs, version: c.version })
      if (mine.has(key)) sheet.value.typed.set(key, { value: c.yours, version: c.version })
      else sheet.value.typed.delete(key)
    }
    clashes.value = []
    changed()
  }

  return { sheet, tick, count, closed, clashes, limits, busy, restored, changed, dropped, save, settle }
}

// A row stays in one batch: its months are compared with the limits together.
function parts(edits: CellEdit[]): CellEdit[][] {
  const out: CellEdit[][] = []
  let now: CellEdit[] = []
  for (let n = 0; n < edits.length;) {
    let end = n + 1
    while (end < edits.length && edits[end]!.indicator === edits[n]!.indicator && edits[end]!.unit_id === edits[n]!.unit_id) end++
    if (now.length + end - n > BATCH) { out.push(now); now = [] }
    now.push(...edits.slice(n, end))
    n = end
  }
  if (now.length) out.push(now)
  return out
}
