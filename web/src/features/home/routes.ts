import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/workbench', component: () => import('./Workbench.vue'),
    meta: { title: 'home.title', permission: 'workbench.read', nav: { order: 10, icon: 'today', group: 'work', phone: 1, label: 'home.short' } },
  },
]
