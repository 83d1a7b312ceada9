import type { RouteRecordRaw } from 'vue-router'

const permission = 'credit.read'

export const routes: RouteRecordRaw[] = [
  { path: '/credit', component: () => import('./FiguresPage.vue'), meta: { title: 'credit.title', permission, nav: { order: 48, icon: 'gauge', group: 'work' } } },
  { path: '/credit/rules', component: () => import('./RulesPage.vue'), meta: { title: 'credit.rules', permission } },
]
