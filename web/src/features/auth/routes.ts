import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/login', component: () => import('./Login.vue'), meta: { open: true, title: 'auth.login' } },
  { path: '/password', component: () => import('./FirstPassword.vue'), meta: { title: 'auth.first' } },
]
