import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dropToken, http, keepToken, renew, request, search, setHooks } from './client'
import { ApiError } from './error'
import type { Token } from './types'

const token = (n: number): Token => ({
  access_token: `t${n}`, token_type: 'Bearer', expires_in: 900,
  user: { id: 1, username: 'a', name: 'A', locale: 'zh-CN', demo: true, must_change_password: false },
})
const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } })
const calls: { url: string; init: RequestInit }[] = []
let answer: (url: string, init: RequestInit) => Response | Promise<Response>
const head = (i: number) => calls[i]!.init.headers as Record<string, string>

beforeEach(() => {
  calls.length = 0
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    calls.push({ url, init })
    return Promise.resolve(answer(url, init))
  })
  setHooks({ locale: () => 'en', actingUnit: () => 7, renewed: () => undefined, expired: () => Promise.resolve(false), foreign: () => undefined })
  keepToken(token(1))
})
afterEach(() => {
  dropToken(false)
  vi.unstubAllGlobals()
})

describe('the network client', () => {
  it('sends language, token, version and the unit it acts for', async () => {
    answer = () => json(200, { ok: true })
    await http.patch('/leads/3', { product: 'x' }, 9)
    expect(head(0)).toEqual({ 'Accept-Language': 'en', Accept: 'application/json', Authorization: 'Bearer t1', 'Content-Type': 'application/json', 'If-Match': '"9"', 'X-Acting-Unit': '7' })
    await http.get('/leads')
    expect(head(1)['X-Acting-Unit']).toBeUndefined()
  })

  it('renews the token once for many refused calls and repeats them', async () => {
    answer = (url, init) => {
      if (url.endsWith('/auth/refresh')) return json(200, token(2))
      return (init.headers as Record<string, string>).Authorization === 'Bearer t2' ? json(200, url) : json(401, { code: 'auth.session_ended' })
    }
    const all = await Promise.all([http.get<string>('/meta'), http.get<string>('/workbench'), http.get<string>('/leads')])
    expect(all).toEqual(['/api/v1/meta', '/api/v1/workbench', '/api/v1/leads'])
    expect(calls.filter((c) => c.url.endsWith('/auth/refresh')).length).toBe(1)
  })

  it('waits for the person to come back when the session is over', async () => {
    let back = false
    answer = (url) => (url.endsWith('/auth/refresh') ? json(401, {}) : back ? json(200, 'fine') : json(401, { code: 'auth.session_ended' }))
    setHooks({ locale: () => 'en', actingUnit: () => null, renewed: () => undefined, expired: () => Promise.resolve((back = true)), foreign: () => undefined })
    expect(await http.get('/meta')).toBe('fine')
  })

  it('repeats a lost act with the same key, also after a reload, and a new act with a new one', async () => {
    vi.useFakeTimers()
    answer = () => {
      if (calls.length <= 3) throw new TypeError('offline')
      return json(201, { id: 1 })
    }
    const lost = expect(http.post('/leads/3/notes', { text: 'a' })).rejects.toMatchObject({ status: 0 })
    await vi.runAllTimersAsync()
    await lost
    expect(calls.length).toBe(3)
    vi.useRealTimers()
    vi.resetModules() // as a reload does: nothing is left but what the browser keeps
    const page = await import('./client')
    page.setHooks({ locale: () => 'en', actingUnit: () => 7, renewed: () => undefined, expired: () => Promise.resolve(false), foreign: () => undefined })
    page.keepToken(token(1))
    await page.http.post('/leads/3/notes', { text: 'a' })
    await page.http.post('/leads/3/notes', { text: 'a' })
    const keys = [0, 1, 2, 3, 4].map((i) => head(i)['Idempotency-Key'])
    expect(new Set(keys.slice(0, 4)).size).toBe(1)
    expect(keys[4]).not.toBe(keys[0])
    expect(sessionStorage.getItem('lr.pending')).toBeNull()
    calls.length = 0
    answer = () => json(200, {})
    await http.post('/duplicates/check', { investor_name: 'x' })
    expect(head(0)['Idempotency-Key']).toBeUndefined()
  })

  it('turns a problem into an error with code, fields and request id', async () => {
    answer = () => json(409, { title: 'T', detail: 'Offered already.', code: 'handoff.pending', request_id: 'r1', to_unit_id: 4, fields: [{ name: 'to_unit_id', code: 'x', message: 'M' }] })
    const e = await request('POST', '/leads/1/handoffs', { body: {} }).catch((x: unknown) => x as ApiError)
    expect(e).toBeInstanceOf(ApiError)
    expect(e).toMatchObject({ status: 409, code: 'handoff.pending', message: 'Offered already.', requestId: 'r1', params: { to_unit_id: 4 } })
    expect((e as ApiError).field('to_unit_id')).toBe('M')
  })

  it('keeps Retry-After, and the request id of an answer without a body', async () => {
    answer = () => new Response('', { status: 503, headers: { 'Retry-After': '5', 'X-Request-Id': 'r9' } })
    await expect(http.get('/meta')).rejects.toMatchObject({ status: 503, retryAfter: 5, requestId: 'r9', code: 'http.503' })
  })

  it('writes lists as repeated names and leaves empty ones out', () => {
    expect(search({ stage: ['a', 'b'], q: '', unit_id: 3, cursor: undefined, x: null })).toBe('?stage=a&stage=b&unit_id=3')
  })

  it('says no when the cookie is gone', async () => {
    answer = () => json(401, {})
    expect(await renew()).toBe(false)
  })
})
