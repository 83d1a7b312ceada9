// Amounts as people write them (3.5亿, 8000万, 1,200 万元, 三亿五千万,
// full-width digits) to 分 and back. Exact: no floating point on the way in.

export type AmountProblem = 'unreadable' | 'negative' | 'too_fine' | 'too_large'
export type Parsed =
  | { ok: true; cents: number; currency: string | null; bare: boolean }
  | { ok: false; problem: AmountProblem }

/** 10 万亿元 in 分: nothing the city signs is larger. */
export const MAX_CENTS = 1_000_000_000_000_000

interface Decimal { n: bigint; scale: number }

const DIGITS: Record<string, string> = {
  〇: '0', 零: '0', 一: '1', 壹: '1', 二: '2', 两: '2', 贰: '2', 三: '3', 叁: '3', 四: '4', 肆: '4',
  五: '5', 伍: '5', 六: '6', 陆: '6', 七: '7', 柒: '7', 八: '8', 捌: '8', 九: '9', 玖: '9',
}
const SMALL: Record<string, bigint> = { 千: 1000n, 百: 100n, 十: 10n }
const CURRENCIES: [RegExp, string][] = [
  [/(美元|美金|usd|us\$)/, 'USD'], [/(港币|港元|hkd|hk\$)/, 'HKD'], [/(欧元|eur|€)/, 'EUR'],
  [/(日元|日圆|jpy)/, 'JPY'], [/(人民币|rmb|cny|¥|圆整|元整|元|圆|块)/, 'CNY'],
]
const ENGLISH: [RegExp, string][] = [[/billion|bn/, '十亿'], [/million|mn|m$/, '百万'], [/thousand|k$/, '千']]

export function parseAmount(input: string): Parsed {
  let s = input.normalize('NFKC').toLowerCase().replace(/[\s,，、_']/g, '')
  let currency: string | null = null
  for (const [re, code] of CURRENCIES) {
    if (!re.test(s)) continue
    currency ??= code
    s = s.replace(re, '')
  }
  s = s.replace(/^(约|大约|合)/, '').replace(/整$/, '').replace(/[億]/g, '亿').replace(/[萬w]/g, '万').replace(/仟/g, '千').replace(/佰/g, '百').replace(/拾/g, '十')
  for (const [re, word] of ENGLISH) s = s.replace(re, word)
  if (/^[-−负]/.test(s)) return { ok: false, problem: 'negative' }
  const v = value(s)
  if (!v) return { ok: false, problem: 'unreadable' }
  return finish(v, currency, /^\d+(\.\d+)?$/.test(s))
}

function finish(v: Decimal, currency: string | null, bare: boolean): Parsed {
  const cents = scaleTo(v, 2)
  if (cents === null) return { ok: false, problem: 'too_fine' }
  if (cents > BigInt(MAX_CENTS)) return { ok: false, problem: 'too_large' }
  return { ok: true, cents: Number(cents), currency, bare }
}

function scaleTo(v: Decimal, scale: number): bigint | null {
  if (v.scale <= scale) return v.n * 10n ** BigInt(scale - v.scale)
  const cut = 10n ** BigInt(v.scale - scale)
  return v.n % cut === 0n ? v.n / cut : null
}

// 亿 and 万 split the text; what stands behind them must say its own size,
// because "3亿5" means 3.5亿 to one reader and 3亿零5元 to another.
function value(s: string): Decimal | null {
  const hundredMillions = s.lastIndexOf('亿')
  if (hundredMillions >= 0) return split(s, hundredMillions, 100_000_000n, (rest) => rest.includes('万') || rest.startsWith('零'))
  const tenThousands = s.lastIndexOf('万')
  if (tenThousands >= 0) return split(s, tenThousands, 10_000n, (rest) => /[千百十]/.test(rest) || rest.startsWith('零') || /^\d{4}/.test(rest))
  return section(s)
}

function split(s: string, at: number, size: bigint, clear: (rest: string) => boolean): Decimal | null {
  const head = value(s.slice(0, at))
  const rest = s.slice(at + 1)
  if (!head) return null
  const big = { n: head.n * size, scale: head.scale }
  if (!rest) return big
  if (!clear(rest)) return null
  const tail = value(rest.replace(/^零/, ''))
  return tail ? add(big, tail) : null
}

function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { n: a.n * 10n ** BigInt(scale - a.scale) + b.n * 10n ** BigInt(scale - b.scale), scale }
}

function section(text: string): Decimal | null {
  let s = [...text].map((c) => DIGITS[c] ?? c).join('')
  let sum: Decimal = { n: 0n, scale: 0 }
  let seen = false
  for (const [word, size] of Object.entries(SMALL)) {
    const at = s.indexOf(word)
    if (at < 0) continue
    const head = at === 0 && word === '十' ? '1' : s.slice(0, at).replace(/^0(?=\d)/, '')
    const n = decimal(head)
    if (!n) return null
    sum = add(sum, { n: n.n * size, scale: n.scale })
    s = s.slice(at + 1)
    seen = true
  }
  if (s === '') return seen ? sum : null
  const last = decimal(seen ? s.replace(/^0(?=\d)/, '') : s)
  return last ? add(sum, last) : null
}

function decimal(s: string): Decimal | null {
  const m = /^(\d{1,18})(?:\.(\d{1,12}))?$/.exec(s)
  if (!m) return null
  const fraction = m[2] ?? ''
  return { n: BigInt(`${m[1]}${fraction}`), scale: fraction.length }
}

const NAMES: Record<string, string> = { CNY: '元', USD: '美元', HKD: '港元', EUR: '欧元', JPY: '日元' }
const SIGNS: Record<string, string> = { CNY: '¥', USD: 'US$', HKD: 'HK$', EUR: '€', JPY: 'JP¥' }

export function currencyName(code: string, english: boolean): string {
  return english ? code : (NAMES[code] ?? code)
}

/** 3.5 亿元 · 8,000 万元 · 500 元; English: ¥350 m. */
export function formatAmount(cents: number, currency = 'CNY', english = false): string {
  const yuan = cents / 100
  if (english) {
    const sign = SIGNS[currency] ?? `${currency} `
    if (yuan >= 1e9) return `${sign}${digits(yuan / 1e9, 3, 'en')} bn`
    if (yuan >= 1e6) return `${sign}${digits(yuan / 1e6, 2, 'en')} m`
    return `${sign}${digits(yuan, 2, 'en')}`
  }
  const name = NAMES[currency] ?? ` ${currency}`
  if (yuan >= 1e8) return `${digits(yuan / 1e8, 4, 'zh-CN')} 亿${name}`
  if (yuan >= 1e4) return `${digits(yuan / 1e4, 2, 'zh-CN')} 万${name}`
  return `${digits(yuan, 2, 'zh-CN')} ${name}`
}

/** The exact figure in 元, for the hover and for exports. */
export function exactAmount(cents: number, currency = 'CNY', english = false): string {
  const n = (cents / 100).toLocaleString('en', { minimumFractionDigits: cents % 100 === 0 ? 0 : 2 })
  return english ? `${n} ${currency}` : `${n} ${NAMES[currency] ?? currency}`
}

/** What a person would type to get this amount again. */
export function amountText(cents: number | null): string {
  if (cents === null) return ''
  const yuan = cents / 100
  if (cents !== 0 && cents % 1_000_000_0000 === 0) return `${yuan / 1e8}亿`
  if (yuan >= 1e8 && Number.isInteger(yuan / 1e4)) return `${yuan / 1e8}亿`
  if (yuan >= 1e4) return `${yuan / 1e4}万`
  return `${yuan}元`
}

function digits(n: number, max: number, locale: string): string {
  return n.toLocaleString(locale, { maximumFractionDigits: max })
}

/** 1 亩 = 10000/15 ㎡; the server keeps whole square metres. */
export const SQM_PER_MU = 10_000 / 15
export function muToSqm(mu: number): number {
  return Math.round(mu * SQM_PER_MU)
}
export function sqmToMu(sqm: number): number {
  return Math.round((sqm / SQM_PER_MU) * 100) / 100
}
