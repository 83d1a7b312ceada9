import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/supervision', component: () => import('./Supervision.vue'), meta: { title: 'supervision.title', permission: 'supervision.read', nav: { order: 47, icon: 'warn', group: 'work' } } },
  { path: '/slips/:id(\\d+)', component: () => import('./SlipSheet.vue'), meta: { title: 'supervision.slip', permission: 'slip.read' } },
]
