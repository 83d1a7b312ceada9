import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import type { IconName } from '@/components/icons'
import { i18n } from '@/i18n'
import { useSession } from '@/composables/useSession'

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page's title. */
    title?: string
    /** Open without a session. */
    open?: boolean
    /** Shown without rail and bar. */
    bare?: boolean
    /** The permission that some unit must give; without it the page says so. */
    permission?: string
    /** Any of these is enough. */
    anyOf?: string[]
    /** Place in the rail, and in the bar of a phone. */
    nav?: {
      order: number
      icon: IconName
      group: 'work' | 'admin' | 'self'
      phone?: number
      label?: string
      /** A number of the city that switches the page off when it is 0. */
      rule?: string
      /** A page that everybody may open, shown in the rail to those who have any of these. */
      anyOf?: string[]
    }
  }
}

// Each feature brings its own routes.ts; nothing is listed twice.
const found = import.meta.glob<{ routes: RouteRecordRaw[] }>('../features/*/routes.ts', { eager: true })
const routes = Object.values(found).flatMap((m) => m.routes)

export const router = createRouter({
  history: createWebHistory(),
  routes: [...routes, { path: '/:rest(.*)*', component: () => import('@/app/NotFound.vue'), meta: { title: 'shell.not_found' } }],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

router.beforeEach(async (to) => {
  const session = useSession()
  await session.start()
  if (session.status === 'anonymous' && !to.meta.open) return { path: '/login', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  if (session.status === 'live' && session.mustChange && to.path !== '/password') return '/password'
  if (session.status === 'live' && !session.mustChange && to.path === '/login') return '/'
  if (to.path === '/') return home()
  return true
})

router.afterEach((to) => {
  const title = to.meta.title ? i18n.global.t(to.meta.title) : ''
  document.title = title ? `${title} · LeadRelay 招商接力` : 'LeadRelay · 招商接力'
})

/** Whether the person may open the page at all. */
export function mayOpen(meta: { permission?: string; anyOf?: string[] }): boolean {
  const session = useSession()
  if (meta.permission && !session.may(meta.permission)) return false
  return !meta.anyOf || meta.anyOf.some((p) => session.may(p))
}

/** The pages of the rail that this person may open, in order. */
export function navigation() {
  return router
    .getRoutes()
    .filter((r) => r.meta.nav && mayOpen(r.meta) && mayOpen(r.meta.nav))
    .sort((a, b) => (a.meta.nav?.order ?? 0) - (b.meta.nav?.order ?? 0))
}

function home(): string {
  return navigation()[0]?.path ?? '/me'
}
