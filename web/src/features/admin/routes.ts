import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  {
    path: '/users', component: () => import('./users/Users.vue'),
    meta: { title: 'users.title', permission: 'user.manage', nav: { order: 500, icon: 'people', group: 'admin' } },
  },
  {
    path: '/units', component: () => import('./units/Units.vue'),
    meta: { title: 'units.title', nav: { order: 510, icon: 'units', group: 'admin', anyOf: ['unit.manage', 'role.read'] } },
  },
  {
    path: '/roles', component: () => import('./matrix/Matrix.vue'),
    meta: { title: 'matrix.title', permission: 'role.read', nav: { order: 520, icon: 'shield', group: 'admin', label: 'matrix.short' } },
  },
  {
    path: '/settings/rules', component: () => import('./rules/Rules.vue'),
    meta: { title: 'rules.title', nav: { order: 530, icon: 'rules', group: 'admin', label: 'rules.short', anyOf: ['unit.manage', 'role.read'] } },
  },
  {
    path: '/settings/lifecycle', component: () => import('./lifecycle/Lifecycles.vue'),
    meta: { title: 'lifecycle.title', nav: { order: 531, icon: 'rules', group: 'admin', label: 'lifecycle.short', anyOf: ['lifecycle.manage', 'role.read'] } },
  },
  {
    path: '/settings/calendar', component: () => import('./calendar/Calendar.vue'),
    meta: { title: 'calendar.title', nav: { order: 532, icon: 'calendar', group: 'admin', label: 'calendar.short', anyOf: ['calendar.manage', 'role.read', 'clock.read'] } },
  },
  {
    path: '/settings/mails', component: () => import('./mails/Mails.vue'),
    meta: { title: 'mails.title', permission: 'mail.manage', nav: { order: 535, icon: 'mail', group: 'admin', label: 'mails.short' } },
  },
  {
    path: '/audit', component: () => import('./auditlog/AuditLog.vue'),
    meta: { title: 'auditlog.title', permission: 'audit.read', nav: { order: 495, icon: 'audit', group: 'admin', label: 'auditlog.short' } },
  },
]
