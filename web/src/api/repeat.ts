// The keys of acts whose answer has not come yet. The same act tried again,
// also after the page was loaded anew, carries the same key, so that the server
// does it once. Kept are sums of the acts, not the acts.
const NAME = 'lr.pending'
const DAY = 86_400_000
interface Pending { key: string; at: number }

function read(): Record<string, Pending> {
  try {
    const all = JSON.parse(sessionStorage.getItem(NAME) ?? '{}') as Record<string, Pending>
    return Object.fromEntries(Object.entries(all).filter(([, p]) => p.at > Date.now() - DAY))
  } catch {
    return {}
  }
}
function write(all: Record<string, Pending>): void {
  if (Object.keys(all).length) sessionStorage.setItem(NAME, JSON.stringify(all))
  else sessionStorage.removeItem(NAME)
}

/** Names an act: who does it, for which unit, where, and with what. */
export function keyOf(user: number, unit: number | null, path: string, call: { body?: unknown; form?: FormData }): string {
  const file = call.form?.get('file')
  const sent = file instanceof File ? `${file.name} ${file.size} ${file.lastModified}` : JSON.stringify(call.body ?? null)
  return sum(`${user} ${unit ?? ''} ${path} ${sent}`)
}

/** The key of an act that is under way, or a fresh one. */
export function pendingKey(act: string): string {
  const all = read()
  all[act] ??= { key: fresh(), at: Date.now() }
  write(all)
  return all[act].key
}

/** The act was answered: doing it once more is another act. */
export function dropKey(act: string): void {
  const all = read()
  if (!(act in all)) return
  delete all[act]
  write(all)
}

function fresh(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}

// Two sums of 32 bits each: enough to tell a person's acts of one day apart.
function sum(text: string): string {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    a = Math.imul(a ^ c, 2654435761)
    b = Math.imul(b ^ c, 1597334677)
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36)
}
