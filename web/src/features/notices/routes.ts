import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/notices', component: () => import('./Inbox.vue'), meta: { title: 'notices.title', nav: { order: 890, icon: 'bell', group: 'self' } } },
]
