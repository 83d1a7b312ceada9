import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

// Where investors usually come from; the browser knows the names.
const CODES = 'CN HK MO TW JP KR SG MY TH VN ID PH IN AE SA IL DE FR GB IT ES PT NL BE CH AT SE NO DK FI IE PL CZ HU US CA MX BR CL AU NZ ZA EG RU KZ TR'.split(' ')

export function useCountries() {
  const { locale } = useI18n()
  return computed(() => {
    const names = new Intl.DisplayNames([locale.value], { type: 'region' })
    return CODES.map((code) => ({ value: code, text: names.of(code) ?? code, hint: code }))
  })
}

export function countryName(code: string | null, locale: string): string {
  if (!code) return ''
  try {
    return new Intl.DisplayNames([locale], { type: 'region' }).of(code) ?? code
  } catch {
    return code
  }
}
