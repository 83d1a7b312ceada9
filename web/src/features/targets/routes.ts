import type { RouteRecordRaw } from 'vue-router'

const permission = 'target.read'

export const routes: RouteRecordRaw[] = [
  { path: '/targets', component: () => import('./ProgressPage.vue'), meta: { title: 'targets.title', permission, nav: { order: 47, icon: 'flag', group: 'work' } } },
  { path: '/targets/tree', component: () => import('./TargetsPage.vue'), meta: { title: 'targets.tree', permission } },
  { path: '/indicators', component: () => import('./IndicatorsPage.vue'), meta: { title: 'targets.indicators', permission: 'indicator.manage', nav: { order: 525, icon: 'gauge', group: 'admin' } } },
]
