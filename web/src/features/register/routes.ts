import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/registrations', component: () => import('./Registrations.vue'), meta: { title: 'register.title', permission: 'protection.confirm', nav: { order: 47, icon: 'shield', group: 'work', label: 'register.short' } } },
  { path: '/registrations/checks', component: () => import('./CheckUsers.vue'), meta: { title: 'register.checks', permission: 'duplicate.watch' } },
]
