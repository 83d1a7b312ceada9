import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/reviews', component: () => import('./Reviews.vue'), meta: { title: 'review.title', permission: 'review.read', nav: { order: 42, icon: 'shield', group: 'work' } } },
]
