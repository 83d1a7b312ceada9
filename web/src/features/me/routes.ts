import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/me', component: () => import('./Me.vue'), meta: { title: 'me.title', nav: { order: 900, icon: 'person', group: 'self', phone: 5 } } },
]
