import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/ranking', component: () => import('./Ranking.vue'), meta: { title: 'ranking.title', permission: 'ranking.read', nav: { order: 48, icon: 'sort', group: 'work', rule: 'ranking.on' } } },
]
