import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/handoffs/pool', component: () => import('./IdlePool.vue'), meta: { title: 'relay.pool', permission: 'lead.assign' } },
  { path: '/handoffs/lapsed', component: () => import('./Lapsed.vue'), meta: { title: 'relay.lapsed', permission: 'lead.read' } },
]
