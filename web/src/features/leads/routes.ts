import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/leads', component: () => import('./LeadList.vue'),
    meta: { title: 'leads.title', permission: 'lead.read', nav: { order: 20, icon: 'leads', group: 'work', phone: 2 } },
  },
  {
    path: '/leads/new', component: () => import('./LeadForm.vue'),
    meta: { title: 'leads.new', permission: 'lead.create', nav: { order: 30, icon: 'plus', group: 'work', phone: 3, label: 'leads.new_short' } },
  },
  { path: '/leads/:id(\\d+)', component: () => import('./LeadPage.vue'), meta: { title: 'leads.one', permission: 'lead.read' } },
]
