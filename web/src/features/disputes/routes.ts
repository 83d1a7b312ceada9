import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/disputes', component: () => import('./Disputes.vue'), meta: { title: 'disputes.title', permission: 'dispute.read', nav: { order: 45, icon: 'scales', group: 'work' } } },
  { path: '/disputes/:id(\\d+)', component: () => import('./DisputePage.vue'), meta: { title: 'disputes.one', permission: 'dispute.read' } },
]
