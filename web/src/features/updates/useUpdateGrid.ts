import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'
import { isApiError, type ApiError } from '@/api/error'
import { updatesApi, type CellWrite, type Clash, type RowWrite, type UpdateCell, type UpdateField, type UpdateGrid, type UpdateRow } from '@/api/updates'
import { useSession } from '@/composables/useSession'
import { carried, equal, isEmpty, keepDrafts, keyOf, loadDrafts, type Drafts, type Value } from './cells'

/** How long typing rests before cells are sent, and how long a broken line is left alone. */
const REST = 500
const AGAIN = 4_000

/**
 * A unit's report of a period: what the server has, and over it what was typed
 * here. Typed cells stay in this browser until the server has taken them; they
 * are sent by themselves, again when the line comes back.
 */
export function useUpdateGrid(period: Ref<string>, unit: Ref<number>) {
  const session = useSession()
  const client = useQueryClient()
  const user = session.user?.id ?? 0
  const found = useQuery({
    queryKey: ['updates', 'grid', period, unit], queryFn: () => updatesApi.grid(period.value, unit.value || undefined),
    enabled: computed(() => period.value !== ''), staleTime: 10_000, networkMode: 'always' as const, retry: false,
  })
  const grid = computed(() => found.data.value)
  const drafts = ref<Drafts>({})
  const away = ref(false)
  const sending = ref(false)
  let timer = 0

  watch([period, unit], () => {
    drafts.value = period.value ? loadDrafts(user, unit.value, period.value) : {}
    if (Object.keys(drafts.value).length) later(0)
  }, { immediate: true })
  watch(drafts, (d) => period.value && keepDrafts(user, unit.value, period.value, d), { deep: true })
  // An answer means that the line is there again.
  watch(() => found.dataUpdatedAt.value, () => Object.values(drafts.value).some((d) => d.state === 'waiting') && later(0))

  const cellOf = (row: UpdateRow, field: string): UpdateCell => row.cells.find((c) => c.field === field)!
  function valueOf(row: UpdateRow, field: string): Value & { same: boolean } {
    const d = drafts.value[keyOf(row.lead_id, field)]
    return d ?? cellOf(row, field)
  }
  function put(row: UpdateRow, field: string, v: Value, same = false): void {
    const key = keyOf(row.lead_id, field)
    const cell = cellOf(row, field)
    const before = drafts.value[key]
    if (!before && equal(cell, v) && cell.same === same) return
    if (before && equal(before, v) && before.same === same && before.state !== 'failed') return
    drafts.value[key] = { number: v.number, words: v.words, same, version: before?.version ?? cell.version, state: before?.state === 'clash' ? 'clash' : 'waiting', problem: '', ...(before?.theirs ? { theirs: before.theirs } : {}) }
    later(REST)
  }
  /** Fills the empty figures of a project as they were; where nothing is known, they stay empty. */
  function noChange(row: UpdateRow, fields: UpdateField[]): void {
    for (const f of fields) {
      const v = carried(f, cellOf(row, f.code))
      if (isEmpty(valueOf(row, f.code)) && !isEmpty(v)) put(row, f.code, v, true)
    }
  }
  /** Decides a clash: mine over theirs, or theirs. */
  function decide(key: string, mine: boolean): void {
    const d = drafts.value[key]
    if (!d?.theirs) return
    if (mine) {
      drafts.value[key] = { number: d.number, words: d.words, same: d.same, version: d.theirs.version, state: 'waiting', problem: '' }
      later(0)
    } else {
      delete drafts.value[key]
      void found.refetch()
    }
  }

  function later(ms: number): void {
    window.clearTimeout(timer)
    timer = window.setTimeout(() => void flush(), ms)
  }
  async function flush(): Promise<void> {
    if (sending.value) return later(REST)
    const batch = new Map<number, CellWrite[]>()
    for (const [key, d] of Object.entries(drafts.value)) {
      if (d.state !== 'waiting') continue
      const dot = key.indexOf('.')
      const lead = Number(key.slice(0, dot))
      const cell: CellWrite = { field: key.slice(dot + 1), version: d.version }
      if (d.same) cell.same = true
      else if (d.number !== null) cell.number = d.number
      else if (d.words) cell.words = d.words
      batch.set(lead, [...(batch.get(lead) ?? []), cell])
    }
    if (!batch.size) return
    sending.value = true
    const rows = [...batch].slice(0, 100).map(([lead_id, cells]) => ({ lead_id, cells }))
    await send(rows)
    sending.value = false
    if (Object.values(drafts.value).some((d) => d.state === 'waiting')) later(away.value ? AGAIN : 0)
  }
  async function send(rows: RowWrite[]): Promise<void> {
    const sent = mark(rows, 'waiting', 'sending')
    try {
      took(await updatesApi.write(period.value, rows, unit.value || undefined), sent)
      away.value = false
    } catch (e) {
      mark(rows, 'sending', 'waiting')
      if (!isApiError(e) || e.status === 0 || e.status >= 500 || e.status === 429 || e.status === 401) {
        away.value = true
        return
      }
      away.value = false
      await refused(e, rows, sent)
    }
  }
  function mark(rows: RowWrite[], from: 'waiting' | 'sending', to: 'waiting' | 'sending'): Map<string, string> {
    const out = new Map<string, string>()
    for (const r of rows) {
      for (const c of r.cells) {
        const d = drafts.value[keyOf(r.lead_id, c.field)]
        if (d?.state === from) d.state = to
        if (d) out.set(keyOf(r.lead_id, c.field), JSON.stringify([d.number, d.words, d.same]))
      }
    }
    return out
  }
  /** Takes in rows that were kept: what was typed on meanwhile goes over the new version. */
  function took(kept: UpdateRow[], sent: Map<string, string>): void {
    for (const row of kept) {
      for (const c of row.cells) {
        const key = keyOf(row.lead_id, c.field)
        const d = drafts.value[key]
        if (!d || !sent.has(key) || d.state === 'clash') continue
        if (JSON.stringify([d.number, d.words, d.same]) === sent.get(key)) delete drafts.value[key]
        else Object.assign(d, { version: c.version, state: 'waiting' })
      }
    }
    const rows = new Map(kept.map((r) => [r.lead_id, r]))
    client.setQueryData<UpdateGrid>(['updates', 'grid', period.value, unit.value], (g) => {
      if (!g) return g
      const all = g.rows.map((r) => rows.get(r.lead_id) ?? r)
      return { ...g, rows: all, done: all.filter((r) => r.complete && !r.past).length }
    })
  }
  async function refused(e: ApiError, rows: RowWrite[], sent: Map<string, string>): Promise<void> {
    const clashes = (e.params.clashes ?? []) as Clash[]
    took((e.params.saved ?? []) as UpdateRow[], sent)
    for (const c of clashes) {
      const d = drafts.value[keyOf(c.lead_id, c.field)]
      if (d) Object.assign(d, { state: 'clash', theirs: { ...c.theirs, version: c.version, who: c.who, at: c.at } })
    }
    for (const r of (e.params.refused ?? []) as { lead_id: number }[]) fail(rows.filter((x) => x.lead_id === r.lead_id), e.message)
    if (e.status === 400) broken(e, rows)
    else if ((e.status === 403 || e.status === 404) && rows.length > 1) {
      for (const r of rows) await send([r])
      return
    } else if (!e.params.clashes) fail(rows, e.message)
    await found.refetch()
  }
  /** Marks the cells whose rule is broken; the others go again. */
  function broken(e: ApiError, rows: RowWrite[]): void {
    let named = false
    for (const f of e.fields) {
      const m = /^rows\[(\d+)\]\.cells\[(\d+)\]/.exec(f.name)
      const row = m ? rows[Number(m[1])] : undefined
      const cell = row?.cells[Number(m?.[2])]
      const d = row && cell ? drafts.value[keyOf(row.lead_id, cell.field)] : undefined
      if (d) {
        named = true
        Object.assign(d, { state: 'failed', problem: f.message })
      }
    }
    if (!named) fail(rows, e.message)
  }
  function fail(rows: RowWrite[], problem: string): void {
    for (const r of rows) for (const c of r.cells) {
      const d = drafts.value[keyOf(r.lead_id, c.field)]
      if (d) Object.assign(d, { state: 'failed', problem })
    }
  }
  function drop(key: string): void {
    delete drafts.value[key]
  }
  const back = () => later(0)
  onMounted(() => window.addEventListener('online', back))
  onBeforeUnmount(() => {
    window.removeEventListener('online', back)
    window.clearTimeout(timer)
    void flush()
  })
  const count = (state: string) => Object.values(drafts.value).filter((d) => d.state === state).length
  const waiting = computed(() => count('waiting') + count('sending'))
  const clashing = computed(() => Object.entries(drafts.value).filter(([, d]) => d.state === 'clash').map(([key, d]) => ({ key, draft: d })))
  const failed = computed(() => Object.entries(drafts.value).filter(([, d]) => d.state === 'failed').map(([key, d]) => ({ key, draft: d })))
  return { found, grid, drafts, away, sending, waiting, clashing, failed, valueOf, cellOf, put, noChange, decide, drop, flush }
}
