import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/clocks', component: () => import('./OnTime.vue'),
    meta: { title: 'clocks.title', permission: 'clock.read', nav: { order: 55, icon: 'clock', group: 'work', label: 'clocks.short' } },
  },
]
