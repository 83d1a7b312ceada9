import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { createI18n } from 'vue-i18n'

export type Locale = 'zh-CN' | 'en'

type Messages = Record<string, Record<string, unknown>>

// One file per feature; the file's name is the first word of its keys.
export function gather(files: Record<string, unknown>): Messages {
  const out: Messages = {}
  for (const [path, body] of Object.entries(files)) {
    const name = path.replace(/^.*\//, '').replace(/\.json$/, '')
    out[name] = body as Record<string, unknown>
  }
  return out
}

const zh = gather(import.meta.glob('./zh/*.json', { eager: true, import: 'default' }))

export const i18n = createI18n<false>({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh } as never,
  missingWarn: import.meta.env.DEV,
  fallbackWarn: import.meta.env.DEV,
})

export function isLocale(v: unknown): v is Locale {
  return v === 'zh-CN' || v === 'en'
}

export function currentLocale(): Locale {
  return (i18n.global.locale as unknown as { value: Locale }).value
}

/** Shows the page in that language, loading its texts first. */
export async function useLanguage(locale: Locale): Promise<void> {
  if (locale === 'en' && !i18n.global.availableLocales.includes('en' as never)) {
    const { en } = await import('./english')
    i18n.global.setLocaleMessage('en' as never, en as never)
  }
  ;(i18n.global.locale as unknown as { value: Locale }).value = locale
  dayjs.locale(locale === 'en' ? 'en' : 'zh-cn')
  document.documentElement.lang = locale
  localStorage.setItem('lr.locale', locale)
}

export function savedLocale(): Locale {
  const saved = localStorage.getItem('lr.locale')
  return isLocale(saved) ? saved : 'zh-CN'
}
