// A person at a browser: logs in, looks at pages, and notices what a reader
// would: script errors, console errors, overflowing pages, barriers (axe).
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const here = dirname(fileURLToPath(import.meta.url))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const pictures = resolve(here, '../screenshots')
const PASSWORD = 'Relay-baton-4100'
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

const LIVE = /\/api\/v1\/events/

export async function launch() {
  const path = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => p && existsSync(p))
  if (!path) throw new Error('Chromium is missing: install the package chromium, or name it in CHROMIUM')
  mkdirSync(pictures, { recursive: true })
  return chromium.launch({ executablePath: path, args: FLAGS })
}

const texts = {}
for (const lang of ['zh', 'en']) {
  const folder = resolve(here, '../../src/i18n', lang)
  texts[lang] = Object.fromEntries(readdirSync(folder).map((f) => [f.replace('.json', ''), JSON.parse(readFileSync(join(folder, f), 'utf8'))]))
}
/** The text of the page for a key, in the person's language. */
export function textOf(locale, key, params = {}) {
  const [area, ...rest] = key.split('.')
  const found = rest.reduce((o, k) => o?.[k], texts[locale === 'en' ? 'en' : 'zh'][area])
  if (typeof found !== 'string') throw new Error(`no text ${key}`)
  return Object.entries(params).reduce((s, [k, v]) => s.replace(`{${k}}`, String(v)), found)
}

export class Person {
  constructor(world, page, options) {
    Object.assign(this, { world, page, options, problems: [], expected: [], asked: new Set(), still: Date.now() })
    page.on('request', (r) => { if (!LIVE.test(r.url())) this.asked.add(r) })
    for (const end of ['requestfinished', 'requestfailed']) page.on(end, (r) => { if (this.asked.delete(r)) this.still = Date.now() })
    page.on('pageerror', (e) => this.problems.push(`script error: ${e.message}`))
    page.on('console', (m) => {
      if (m.type() !== 'error' && m.type() !== 'warning') return
      const text = `${m.text()} ${m.location().url}`
      if (!this.expected.some((re) => re.test(text))) this.problems.push(`console: ${text}`)
    })
  }

  t(key, params) {
    return textOf(this.options.locale, key, params)
  }
  /** A refusal that this journey provokes; the browser logs it by itself. */
  expect(pattern) {
    this.expected.push(pattern)
  }
  /** Waits until nothing was asked for half a second; the live stream is open all the time. */
  async settled() {
    await this.page.waitForLoadState('load')
    this.still = Date.now()
    const until = Date.now() + 12_000
    while (this.asked.size > 0 || Date.now() - this.still < 500) {
      if (Date.now() > until) throw new Error(`still waiting for ${[...this.asked].map((r) => r.url()).join(', ')}`)
      await this.page.waitForTimeout(50)
    }
  }
  async go(path) {
    await this.page.goto(this.world.base + path)
    await this.settled()
  }
  async login(username) {
    await this.page.goto(`${this.world.base}/login`)
    await this.page.fill('input[name=username]', username)
    await this.page.fill('input[name=password]', PASSWORD)
    await this.page.keyboard.press('Enter')
    await this.page.waitForURL((u) => u.pathname !== '/login')
    await this.settled()
  }
  button(key, params) {
    return this.page.getByRole('button', { name: this.t(key, params), exact: true })
  }
  field(key) {
    return this.page.getByLabel(this.t(key), { exact: false }).first()
  }
  async see(text, options = {}) {
    await this.page.getByText(text, { exact: false, ...options }).first().waitFor({ timeout: 10_000 })
  }
  /** Takes a picture, asks axe, and looks whether the page overflows. */
  async look(name) {
    const { page, options } = this
    await page.waitForTimeout(350)
    await page.screenshot({ path: join(pictures, `${name}.png`) })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    if (wide > 0) this.problems.push(`${name}: the page is ${wide} px wider than the window (${options.width} px)`)
    await page.evaluate(axe)
    const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
    for (const v of result.violations) this.problems.push(`${name}: axe ${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 200)} ${(v.nodes[0].failureSummary ?? '').replace(/\s+/g, ' ').slice(0, 260)}`)
  }
  async leave() {
    await this.page.context().close()
  }
}

export function hire(browser, world) {
  const people = []
  /** Opens a browser for one person; a login name logs in at once. */
  async function person(username, options = {}) {
    const o = { locale: 'zh-CN', width: 1366, height: 768, dark: false, ...options }
    const phone = o.width < 720
    const context = await browser.newContext({ viewport: { width: o.width, height: o.height }, colorScheme: o.dark ? 'dark' : 'light', hasTouch: phone, isMobile: phone, locale: o.locale, acceptDownloads: true })
    await context.addInitScript(([locale, theme]) => {
      if (localStorage.getItem('lr.locale.chosen')) return
      localStorage.setItem('lr.locale', locale)
      localStorage.setItem('lr.locale.chosen', '1')
      localStorage.setItem('lr.theme', theme)
    }, [o.locale, o.dark ? 'dark' : 'light'])
    const one = new Person(world, await context.newPage(), o)
    one.page.setDefaultTimeout(12_000)
    people.push(one)
    if (username) await one.login(username)
    return one
  }
  return { person, people }
}

/** Calls the interface as a person would through another client. */
export async function client(base, username) {
  const login = await fetch(`${base}/api/v1/auth/login`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ username, password: PASSWORD }) })
  const { access_token: token } = await login.json()
  return async (method, path, body, headers = {}) => {
    const json = body && !(body instanceof FormData)
    const res = await fetch(`${base}/api/v1${path}`, { method, headers: { Authorization: `Bearer ${token}`, ...(json ? { 'Content-Type': 'application/json' } : {}), ...headers }, ...(body ? { body: json ? JSON.stringify(body) : body } : {}) })
    const text = await res.text()
    return { status: res.status, body: text ? JSON.parse(text) : null }
  }
}
