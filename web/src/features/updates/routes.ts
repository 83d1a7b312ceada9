import type { RouteRecordRaw } from 'vue-router'

const permission = 'update.read'

export const routes: RouteRecordRaw[] = [
  { path: '/updates', component: () => import('./Updates.vue'), meta: { title: 'updates.title', permission, nav: { order: 15, icon: 'edit', group: 'work' } } },
]
