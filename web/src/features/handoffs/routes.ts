import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/handoffs', component: () => import('./Handoffs.vue'),
    meta: { title: 'handoffs.title', permission: 'lead.read', nav: { order: 40, icon: 'handoff', group: 'work' } },
  },
]
