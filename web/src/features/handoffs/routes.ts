import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/handoffs', component: () => import('./Handoffs.vue'),
    meta: { title: 'handoffs.title', anyOf: ['lead.answer', 'lead.hand_off'], nav: { order: 40, icon: 'handoff', group: 'work' } },
  },
]
