import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/boards', component: () => import('./Boards.vue'),
    meta: { title: 'boards.title', permission: 'pipeline.read', nav: { order: 50, icon: 'board', group: 'work', phone: 4 } },
  },
]
