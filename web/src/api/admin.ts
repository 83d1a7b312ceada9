import { http, type Query } from './client'
import type { components } from './schema'
import type { Page } from './types'

type S = components['schemas']

export type UserRow = S['AccountUserView']
export type MembershipRow = S['OrgMembershipView']
export interface GrantDraft { user_id: number; unit_id: number; role: string; from_on?: string; until_on?: string }

export const usersApi = {
  list: (query: Query, signal?: AbortSignal) => http.get<Page<UserRow>>('/users', { query, signal }),
  create: (username: string, name: string) => http.post<{ user: UserRow; initial_password: string }>('/users', { username, name }),
  change: (id: number, change: { name?: string; active?: boolean }, version: number) => http.patch<UserRow>(`/users/${id}`, change, version),
  resetPassword: (id: number) => http.post<{ initial_password: string }>(`/users/${id}/reset-password`),
  endSessions: (id: number) => http.post<undefined>(`/users/${id}/end-sessions`),
  memberships: (query: Query) => http.get<Page<MembershipRow>>('/memberships', { query }),
  grant: (draft: GrantDraft) => http.post<MembershipRow>('/memberships', draft),
  end: (id: number, until: string | null, version: number) => http.patch<MembershipRow>(`/memberships/${id}`, { until_on: until }, version),
}

export type UnitRow = S['OrgUnitView']
export interface UnitDraft {
  slug: string
  name_zh: string
  name_en: string
  short_zh?: string
  kind: string
  parent_id?: number
  confirmed?: boolean
  source: string
  note?: string
  opened_on?: string
}
export interface UnitChange {
  name_zh?: string
  name_en?: string
  short_zh?: string
  parent_id?: number | null
  confirmed?: boolean
  note?: string
  closed_on?: string | null
}

/** All pages of a list that is short by nature. */
async function whole<T>(path: '/units' | '/settings/rules'): Promise<T[]> {
  const out: T[] = []
  let cursor: string | null = null
  do {
    const page: Page<T> = await http.get<Page<T>>(path, { query: { limit: 100, cursor } })
    out.push(...page.items)
    cursor = page.next
  } while (cursor)
  return out
}

export const unitsApi = {
  all: () => whole<UnitRow>('/units'),
  create: (draft: UnitDraft) => http.post<UnitRow>('/units', draft),
  change: (id: number, change: UnitChange, version: number) => http.patch<UnitRow>(`/units/${id}`, change, version),
  addCode: (id: number, code: { code: string; from_on: string; source: string }) => http.post<UnitRow>(`/units/${id}/codes`, code),
}

export type Matrix = S['Matrix']
export type RoleLabel = S['MatrixRole']
export type RuleRow = S['OrgRuleView']
export type RuleKey = S['OrgRuleKeyView']
export interface RuleDraft { key: string; value: number; from_on: string; source: string; confirmed: boolean }

export const settingsApi = {
  matrix: () => http.get<Matrix>('/roles'),
  rules: () => whole<RuleRow>('/settings/rules'),
  ruleKeys: async () => (await http.get<S['RuleKeys']>('/settings/rules/keys')).items,
  setRule: (draft: RuleDraft) => http.post<RuleRow>('/settings/rules', draft),
}

export type AuditChange = S['AuditChange']
export type AuditLine = S['AuditView']
export type AuditAccount = S['AuditAccount']
export type AuditReport = S['AuditVerifyView']

export const auditApi = {
  list: (query: Query, signal?: AbortSignal) => http.get<Page<AuditLine>>('/audit', { query, signal }),
  people: (query: { q?: string; user_id?: string }) => http.get<{ items: AuditAccount[] }>('/audit/people', { query }),
  verify: () => http.get<AuditReport>('/audit/verify'),
}
