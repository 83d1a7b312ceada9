import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/commitments', component: () => import('./Commitments.vue'), meta: { title: 'commitment.title', permission: 'commitment.read', nav: { order: 43, icon: 'check', group: 'work' } } },
]
