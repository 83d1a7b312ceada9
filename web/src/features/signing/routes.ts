import type { RouteRecordRaw } from 'vue-router'

const permission = 'signing.read'

export const routes: RouteRecordRaw[] = [
  { path: '/signing', component: () => import('./SigningBoard.vue'), meta: { title: 'signing.title', permission, nav: { order: 45, icon: 'calendar', group: 'work' } } },
  { path: '/signing/tracking', component: () => import('./Tracking.vue'), meta: { title: 'signing.tracking', permission } },
  { path: '/signing/tasks', component: () => import('./Tasks.vue'), meta: { title: 'signing.tasks', permission } },
  { path: '/signing/:month(\\d{4}-\\d{2})', component: () => import('./MonthPage.vue'), meta: { title: 'signing.month_title', permission } },
  { path: '/signing/:month(\\d{4}-\\d{2})/ceremony/:id(\\d+)', component: () => import('./CeremonyPaper.vue'), meta: { title: 'signing.ceremony', permission } },
]
