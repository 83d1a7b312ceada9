import { setHooks } from '@/api/client'
import { useSession } from '@/composables/useSession'
import { currentLocale } from '@/i18n'

/** Ties the network client to the session store. */
export function connectSession(): void {
  const session = useSession()
  setHooks({
    locale: currentLocale,
    actingUnit: () => (session.units.length > 1 ? session.acting : null),
    renewed: (t) => {
      const keepsUser = session.user?.id === t.user.id
      session.user = t.user
      if (keepsUser && session.status === 'expired') session.status = 'live'
    },
    expired: () => session.expire(),
    foreign: (what) => {
      if (what === 'login') window.location.assign('/')
      else if (session.status === 'live') window.location.assign('/login')
    },
  })
}
