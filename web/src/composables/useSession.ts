import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { authApi } from '@/api/auth'
import { dropToken, keepToken, renew } from '@/api/client'
import type { Me, Membership, User } from '@/api/types'
import { isLocale, useLanguage } from '@/i18n'

type Status = 'unknown' | 'anonymous' | 'live' | 'expired'

/** Who is working here, what may be done, and for which unit. */
export const useSession = defineStore('session', () => {
  const status = ref<Status>('unknown')
  const user = ref<User | null>(null)
  const me = ref<Me | null>(null)
  const acting = ref<number | null>(null)
  let waiting: ((back: boolean) => void)[] = []
  let starting: Promise<void> | null = null

  const memberships = computed<Membership[]>(() => me.value?.memberships ?? [])
  const units = computed(() => [...new Set(memberships.value.map((m) => m.unit_id))])
  const mustChange = computed(() => user.value?.must_change_password ?? false)

  /** Whether some unit gives this person the permission. */
  function may(permission: string): boolean {
    return (me.value?.permissions[permission]?.length ?? 0) > 0
  }
  /** The units in which this person holds the permission. */
  function unitsFor(permission: string): number[] {
    return me.value?.permissions[permission] ?? []
  }

  /** Looks once whether the cookie still carries a session. */
  function start(): Promise<void> {
    starting ??= resume()
    return starting
  }
  async function resume(): Promise<void> {
    try {
      // Without a log-in from this browser there is no cookie to ask about.
      if (localStorage.getItem('lr.session') && (await renew())) await load()
      else status.value = 'anonymous'
    } catch {
      status.value = 'anonymous'
    }
  }

  async function load(): Promise<void> {
    if (user.value?.must_change_password) {
      status.value = 'live'
      return
    }
    me.value = await authApi.me()
    user.value = me.value.user
    const saved = Number(localStorage.getItem(`lr.acting.${me.value.user.id}`))
    acting.value = units.value.includes(saved) ? saved : (units.value[0] ?? null)
    status.value = 'live'
    if (isLocale(me.value.user.locale) && !localStorage.getItem('lr.locale.chosen')) await useLanguage(me.value.user.locale)
  }

  async function login(username: string, password: string): Promise<void> {
    const before = user.value?.id
    const t = await authApi.login(username, password)
    user.value = t.user
    localStorage.setItem('lr.session', '1')
    keepToken(t)
    await load()
    const same = before === undefined || before === t.user.id
    settle(same)
    if (!same) window.location.assign('/')
  }

  async function logout(everywhere = false): Promise<void> {
    try {
      await authApi.logout(everywhere)
    } finally {
      localStorage.removeItem('lr.session')
      dropToken(true)
      settle(false)
      window.location.assign('/login')
    }
  }

  /** The session ended while the page is open: ask for the password over it. */
  function expire(): Promise<boolean> {
    if (status.value !== 'live' && status.value !== 'expired') return Promise.resolve(false)
    status.value = 'expired'
    return new Promise((resolve) => waiting.push(resolve))
  }
  function settle(back: boolean): void {
    const all = waiting
    waiting = []
    all.forEach((resolve) => resolve(back))
  }

  function actFor(unit: number): void {
    acting.value = unit
    if (user.value) localStorage.setItem(`lr.acting.${user.value.id}`, String(unit))
  }

  return { status, user, me, acting, memberships, units, mustChange, may, unitsFor, start, load, login, logout, expire, actFor }
})
