import { onBeforeUnmount, onMounted } from 'vue'
import { authApi } from '@/api/auth'
import { dropToken, renew, sinceLastCall } from '@/api/client'
import { useSession } from './useSession'

const SIGNS_OF_LIFE = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const
const KEY = 'lr.active'
/** Set while a page on a wall keeps the session alive by asking again and again. */
const WALL = 'lr.wall'
// Who leaves a page on a wall has not been seen since it was opened.
let last = localStorage.getItem(WALL) ? Number(localStorage.getItem(KEY)) || 0 : Date.now()

/** Milliseconds since somebody touched the page, in any tab. */
export function idleFor(): number {
  return Date.now() - Math.max(last, Number(localStorage.getItem(KEY)) || 0)
}

/** Whether a poll may go out: a poll must not keep an empty chair logged in. */
export function somebodyThere(): boolean {
  return idleFor() < 120_000 && document.visibilityState === 'visible'
}

/**
 * For a page on a wall, which asks the server by itself: whoever comes to other
 * pages from it, or by its window, is asked for the password when nobody had
 * touched it for the session's idle time.
 */
export function keepAwake(limit: () => number): { end: () => void } {
  // Once nobody was there for so long, a touch is a newcomer's.
  const touched = () => {
    if (limit() && idleFor() >= limit()) return
    last = Date.now()
    localStorage.setItem(KEY, String(last))
  }
  touched()
  localStorage.setItem(WALL, '1')
  SIGNS_OF_LIFE.forEach((name) => window.addEventListener(name, touched, { passive: true }))
  return {
    end: () => {
      localStorage.removeItem(WALL)
      SIGNS_OF_LIFE.forEach((name) => window.removeEventListener(name, touched))
    },
  }
}

/**
 * Ends the session when nobody touches the page, and keeps it alive while
 * somebody types without asking the server anything.
 */
export function useIdle(): void {
  const session = useSession()
  let timer = 0
  let told = 0
  const touched = () => {
    last = Date.now()
    if (last - told < 5_000) return
    told = last
    localStorage.setItem(KEY, String(last))
  }
  async function look(): Promise<void> {
    const limit = (session.me?.idle_seconds ?? 0) * 1000
    if (!limit || session.status !== 'live') return
    if (idleFor() >= limit) {
      await authApi.logout().catch(() => undefined)
      dropToken(false)
      void session.expire()
    } else if (idleFor() < limit / 3 && sinceLastCall() > limit / 3) await renew().catch(() => false)
  }
  onMounted(() => {
    SIGNS_OF_LIFE.forEach((name) => window.addEventListener(name, touched, { passive: true }))
    void look()
    localStorage.removeItem(WALL)
    timer = window.setInterval(() => void look(), 15_000)
  })
  onBeforeUnmount(() => {
    SIGNS_OF_LIFE.forEach((name) => window.removeEventListener(name, touched))
    window.clearInterval(timer)
  })
}
