// The only place of the page that talks to the network. It keeps the access
// token in memory, renews it by the cookie, and turns problems into ApiError.
import { ApiError } from './error'
import { keyOf, dropKey, pendingKey } from './repeat'
import type { PathOf } from './paths'
import type { Token } from './types'

export const BASE = '/api/v1'

export type Query = Record<string, string | number | boolean | null | undefined | (string | number)[]>
export interface Call {
  query?: Query
  body?: unknown
  form?: FormData
  /** Version of the row, sent as If-Match. */
  version?: number
  /** The unit this act is done for, when it is not the chosen one. */
  unit?: number
  signal?: AbortSignal
  /** Called without a session: no renewal on 401. */
  open?: boolean
  raw?: boolean
}
export interface Answer<T> { data: T; etag: string | null; status: number }

interface Hooks {
  locale: () => string
  actingUnit: () => number | null
  /** A new token came, from here or from another tab. */
  renewed: (t: Token) => void
  /** The session is over. Resolves true when the person has come back. */
  expired: () => Promise<boolean>
  /** Another tab logged out or in as somebody else. */
  foreign: (what: 'logout' | 'login') => void
}

let token = ''
let tokenUser = 0
let hooks: Hooks = {
  locale: () => 'zh-CN',
  actingUnit: () => null,
  renewed: () => undefined,
  expired: () => Promise.resolve(false),
  foreign: () => undefined,
}
let renewing: Promise<boolean> | null = null
let lastCall = Date.now()
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('lr-session')

channel?.addEventListener('message', (e: MessageEvent<{ type: string; token?: Token }>) => {
  if (e.data.type === 'logout') hooks.foreign('logout')
  if (e.data.type === 'token' && e.data.token) {
    if (tokenUser && e.data.token.user.id !== tokenUser) return hooks.foreign('login')
    adopt(e.data.token)
  }
})

export function setHooks(h: Hooks): void {
  hooks = h
}

/** How long the server has heard nothing from this tab, in milliseconds. */
export function sinceLastCall(): number {
  return Date.now() - lastCall
}

/** Takes a fresh token and tells the other tabs. */
export function keepToken(t: Token): void {
  adopt(t)
  channel?.postMessage({ type: 'token', token: t })
}

export function dropToken(tellOthers: boolean): void {
  token = ''
  tokenUser = 0
  if (tellOthers) channel?.postMessage({ type: 'logout' })
}

function adopt(t: Token): void {
  token = t.access_token
  tokenUser = t.user.id
  hooks.renewed(t)
}

/**
 * Renews the access token by the cookie. One renewal at a time in all tabs:
 * the server takes a second use of the same cookie for theft.
 */
export function renew(): Promise<boolean> {
  renewing ??= alone(renewOnce).finally(() => {
    renewing = null
  })
  return renewing
}

async function renewOnce(before: string): Promise<boolean> {
  if (token && token !== before) return true
  const res = await send('POST', '/auth/refresh', { body: {}, open: true })
  if (res.status === 401) return false
  if (!res.ok) throw await problem(res)
  keepToken((await res.json()) as Token)
  return true
}

async function alone(work: (before: string) => Promise<boolean>): Promise<boolean> {
  const before = token
  if (typeof navigator === 'undefined' || !navigator.locks) return work(before)
  return navigator.locks.request('lr-refresh', () => work(before))
}

export async function request<T>(method: string, path: string, call: Call = {}): Promise<Answer<T>> {
  const used = token
  let res = await send(method, path, call)
  if (res.status === 401 && !call.open) {
    const stillIn = (token !== '' && token !== used) || (await renew()) || (await hooks.expired())
    if (stillIn) res = await send(method, path, call)
  }
  const refused = res.ok ? null : await problem(res)
  // Who hears yes or no knows how the act ended; everything else is tried again.
  if (!refused || (refused.status < 500 && ![401, 429].includes(refused.status) && refused.code !== 'idempotency.in_progress')) dropKey(actOf(path, call))
  if (refused) throw refused
  const etag = res.headers.get('ETag')
  if (call.raw) return { data: (await res.blob()) as T, etag, status: res.status }
  const text = await res.text()
  return { data: (text ? JSON.parse(text) : undefined) as T, etag, status: res.status }
}

/**
 * Opens a stream that stays open. It is no sign of life: it neither counts as a
 * call nor asks for the password when the session is over.
 */
export async function openStream(path: PathOf<'get'>, last: string, signal: AbortSignal): Promise<Response> {
  const open = () => fetch(BASE + path, { headers: { ...headers('GET', path, {}), Accept: 'text/event-stream', ...(last ? { 'Last-Event-ID': last } : {}) }, signal, credentials: 'same-origin', cache: 'no-store' })
  const res = await open()
  return res.status === 401 && (await renew()) ? open() : res
}

// A POST under a key may be sent again when its answer did not come: the
// server does it once.
const AGAIN = [400, 1600]

async function send(method: string, path: string, call: Call): Promise<Response> {
  const repeatable = method === 'POST' && isRepeatable(path)
  for (let run = 0; ; run++) {
    const wait = repeatable ? AGAIN[run] : undefined
    try {
      const res = await once(method, path, call)
      if (wait === undefined || ![502, 503, 504].includes(res.status)) return res
    } catch (e) {
      if (wait === undefined || !(e instanceof ApiError)) throw e
    }
    await new Promise((done) => setTimeout(done, wait))
  }
}

async function once(method: string, path: string, call: Call): Promise<Response> {
  lastCall = Date.now()
  const init: RequestInit = { method, headers: headers(method, path, call), signal: call.signal ?? null, credentials: 'same-origin' }
  if (call.form) init.body = call.form
  else if (call.body !== undefined) init.body = JSON.stringify(call.body)
  try {
    return await fetch(BASE + path + search(call.query), init)
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e
    throw new ApiError(0, {})
  }
}

function headers(method: string, path: string, call: Call): Record<string, string> {
  const h: Record<string, string> = { 'Accept-Language': hooks.locale(), Accept: 'application/json' }
  if (token && !path.startsWith('/auth/refresh') && !path.startsWith('/auth/login')) h.Authorization = `Bearer ${token}`
  if (call.body !== undefined) h['Content-Type'] = 'application/json'
  if (call.version !== undefined) h['If-Match'] = `"${call.version}"`
  const unit = call.unit ?? hooks.actingUnit()
  if (unit && method !== 'GET' && !path.startsWith('/auth/')) h['X-Acting-Unit'] = String(unit)
  if (method === 'POST' && isRepeatable(path)) h['Idempotency-Key'] = pendingKey(actOf(path, call))
  return h
}

const actOf = (path: string, call: Call): string => keyOf(tokenUser, call.unit ?? hooks.actingUnit(), path, call)

function isRepeatable(path: string): boolean {
  return !path.startsWith('/auth/') && path !== '/duplicates/check' && !path.endsWith('/reveal')
}

export function search(query?: Query): string {
  if (!query) return ''
  const p = new URLSearchParams()
  for (const [k, v] of Object.entries(query)) {
    if (v === null || v === undefined || v === '') continue
    for (const one of Array.isArray(v) ? v : [v]) p.append(k, String(one))
  }
  const s = p.toString()
  return s ? `?${s}` : ''
}

async function problem(res: Response): Promise<ApiError> {
  const retry = Number(res.headers.get('Retry-After'))
  let body: Record<string, unknown>
  try {
    body = (await res.json()) as Record<string, unknown>
  } catch {
    body = {}
  }
  if (!body.request_id) body.request_id = res.headers.get('X-Request-Id') ?? ''
  return new ApiError(res.status, body, Number.isFinite(retry) && retry > 0 ? retry : null)
}

// Paths are checked against the generated description: a call that the server
// does not offer does not compile.
export const http = {
  get: async <T>(path: PathOf<'get'>, call: Call = {}) => (await request<T>('GET', path, call)).data,
  post: async <T>(path: PathOf<'post'>, body: unknown = {}, call: Call = {}) => (await request<T>('POST', path, { ...call, body })).data,
  patch: async <T>(path: PathOf<'patch'>, body: unknown, version: number, call: Call = {}) =>
    (await request<T>('PATCH', path, { ...call, body, version })).data,
  /** Without a version where the body carries those of its parts. */
  put: async <T>(path: PathOf<'put'>, body: unknown, version: number | null, call: Call = {}) =>
    (await request<T>('PUT', path, { ...call, body, ...(version === null ? {} : { version }) })).data,
  delete: async (path: PathOf<'delete'>, version?: number, query?: Query) => {
    await request<undefined>('DELETE', path, { version, query })
  },
  upload: async <T>(path: PathOf<'post'>, form: FormData, call: Call = {}) => (await request<T>('POST', path, { ...call, form })).data,
  download: async (path: PathOf<'get'>) => (await request<Blob>('GET', path, { raw: true })).data,
}
