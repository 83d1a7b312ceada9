import type { RouteRecordRaw } from 'vue-router'

const permission = 'cockpit.read'

export const routes: RouteRecordRaw[] = [
  { path: '/cockpit', component: () => import('./Cockpit.vue'), meta: { title: 'cockpit.title', permission, nav: { order: 42, icon: 'gauge', group: 'work' } } },
  { path: '/cockpit/list', component: () => import('./FigureList.vue'), meta: { title: 'cockpit.list', permission } },
  { path: '/cockpit/screen', component: () => import('./BigScreen.vue'), meta: { title: 'cockpit.screen', permission, bare: true } },
]
