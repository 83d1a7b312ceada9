import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { authApi } from '@/api/auth'
import { queryClient } from '@/app/query'
import { useLanguage, type Locale } from '@/i18n'
import { useSession } from './useSession'

/** The language of the page, kept with the person on the server. */
export function useLocale() {
  const session = useSession()
  const { locale } = useI18n()
  async function switchTo(next: Locale): Promise<void> {
    await useLanguage(next)
    localStorage.setItem('lr.locale.chosen', '1')
    if (session.status === 'live' && !session.mustChange) {
      await authApi.setLocale(next).catch(() => undefined)
      await queryClient.invalidateQueries({ predicate: (q) => q.state.status === 'error' })
    }
  }
  return { locale: computed(() => locale.value as Locale), switchTo }
}
