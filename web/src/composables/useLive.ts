import { useQueryClient } from '@tanstack/vue-query'
import { nextTick, onBeforeUnmount, onMounted } from 'vue'
import { openStream } from '@/api/client'
import { eventReader, type ServerEvent } from '@/lib/sse'
import { idleFor, somebodyThere } from './useIdle'
import { useSession } from './useSession'

interface Fact { unread?: number; notice?: number; lead?: number; reason?: string }

const OF_A_LEAD = ['timeline', 'custody', 'package', 'helpers', 'contacts', 'files', 'members', 'why', 'clocks']
const OF_ALL = ['leads', 'workbench', 'pipeline', 'handoffs', 'updates']
/** Several changes at once are asked for once. */
const GATHER = 400
const LONGEST = 30_000
let last = ''

/**
 * Keeps the page up to date by what the server says has changed. One tab holds
 * the stream for all of them, since a browser opens few connections to one
 * server; the others are told by it.
 */
export function useLive(): void {
  const session = useSession()
  const refresh = useRefresh()
  const ended = new AbortController()
  const others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('lr-live')

  function take(name: string, fact: Fact): void {
    if (name === 'end' && fact.reason === 'rights') void session.load().then(refresh.everything)
    else refresh.take(name, fact)
  }
  function tell(e: ServerEvent): void {
    const fact = JSON.parse(e.data) as Fact
    if (e.id) last = e.id
    take(e.name, fact)
    others?.postMessage({ user: session.user?.id, name: e.name, fact })
  }
  async function follow(): Promise<boolean> {
    const res = await openStream('/events', last, ended.signal)
    if (!res.ok || !res.body) {
      await pause(Number(res.headers.get('Retry-After')) * 1000 || LONGEST, ended.signal)
      return false
    }
    refresh.everything()
    const read = eventReader()
    const text = new TextDecoder()
    const reader = res.body.getReader()
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return true
      read(text.decode(value, { stream: true })).forEach(tell)
    }
  }
  async function hold(): Promise<void> {
    let wait = 1000
    while (!ended.signal.aborted) {
      // Coming back counts as use of the session, and must not keep an empty
      // chair logged in. Whoever returns is told what came meanwhile.
      if (session.status === 'live' && idleFor() < 120_000) {
        const began = Date.now()
        await follow().catch(() => false)
        wait = Date.now() - began > LONGEST ? 1000 : Math.min(wait * 2, LONGEST)
      }
      await pause(wait / 2 + Math.random() * wait / 2, ended.signal)
    }
  }
  others?.addEventListener('message', (e: MessageEvent<{ user: number; name: string; fact: Fact }>) => {
    if (e.data.user === session.user?.id) take(e.data.name, e.data.fact)
  })
  onMounted(() => {
    if (typeof navigator !== 'undefined' && navigator.locks) void navigator.locks.request('lr-live', { signal: ended.signal }, hold).catch(() => undefined)
    else void hold()
  })
  onBeforeUnmount(() => {
    ended.abort()
    others?.close()
  })
}

/** Asks again for what is shown, gathered, and only while somebody is there. */
function useRefresh() {
  const client = useQueryClient()
  let leads = new Set<number>()
  let all = false
  let timer = 0

  function take(name: string, fact: Fact): void {
    if (fact.unread !== undefined) client.setQueryData(['notices', 'unread'], fact.unread)
    if (name === 'notice' || name === 'state') void client.invalidateQueries({ queryKey: ['notices', 'list'] })
    if (name === 'again') all = true
    if (name === 'lead' && fact.lead) leads.add(fact.lead)
    if (name === 'again' || name === 'lead') later()
  }
  function everything(): void {
    all = true
    later()
  }
  function later(): void {
    timer ||= window.setTimeout(work, GATHER)
  }
  // Asking counts as use of the session, and an empty chair must not stay
  // logged in: what changed meanwhile is asked for when somebody is back.
  function work(): void {
    timer = 0
    if (!somebodyThere()) {
      timer = window.setTimeout(work, 5_000)
      return
    }
    const [changed, every] = [leads, all]
    leads = new Set()
    all = false
    void ofLeads(every ? null : [...changed])
    for (const key of every ? [...OF_ALL, 'notices'] : OF_ALL) void client.invalidateQueries({ queryKey: [key] })
  }
  // The lead first: what hangs on it is not asked for by a page that just lost it.
  async function ofLeads(ids: number[] | null): Promise<void> {
    const ask = (key: string) => (ids ? ids.map((id) => client.invalidateQueries({ queryKey: [key, id] })) : [client.invalidateQueries({ queryKey: [key] })])
    await Promise.all(ask('lead'))
    await nextTick()
    for (const key of OF_A_LEAD) void Promise.all(ask(key))
  }
  return { take, everything }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      window.clearTimeout(timer)
      resolve()
    }, { once: true })
  })
}
