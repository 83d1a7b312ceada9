// The shapes of the HTTP contract that more than one part of the page uses.
// Money is in 分 (_cents), days are text YYYY-MM-DD, instants RFC 3339 in UTC.

export interface Total { count: number; exact: boolean }
export interface Page<T> { items: T[]; next: string | null; total: Total }
export interface Person { id: number; name: string }
/** Every row tells what its reader may do with it and what is hidden. */
export interface Row { can: string[]; masked: string[] }

export interface User {
  id: number
  username: string
  name: string
  locale: string
  demo: boolean
  must_change_password: boolean
}
export interface Token { access_token: string; token_type: string; expires_in: number; user: User }
export interface Membership { id: number; unit_id: number; role: string; from_on: string; until_on: string | null }
export interface Me {
  user: User
  memberships: Membership[]
  permissions: Record<string, number[]>
  idle_seconds: number
  session_id: number
}
export interface LoginOptions {
  product: string
  demo: boolean
  password_profile: 'dengbao3' | 'asvs'
  password_min: number
  logins: { username: string; name: string; unit_zh: string; unit_en: string; role: string }[]
  demo_password: string | null
}
export interface SessionRow { id: number; created_at: string; seen_at: string; address: string; agent: string; current: boolean }

export type UnitKind = 'bureau' | 'department' | 'group' | 'town' | 'platform' | 'chain' | 'leading' | 'other'
export interface MetaUnit {
  id: number
  slug: string
  name_zh: string
  name_en: string
  short_zh: string
  kind: UnitKind
  parent_id: number | null
  pinyin: string
  initials: string
  confirmed: boolean
  source: string
  open: boolean
}
export interface Label { code: string; zh: string; en: string }
export interface Stage extends Label { order: number; kind: 'main' | 'side'; ended: boolean; limit_days: number | null }
export interface Chain extends Label { confirmed: boolean; source: string; unit_id: number | null }
export interface Park { id: number; slug: string; zh: string; en: string; kind: string; confirmed: boolean }
export interface Location extends Label { unit_id: number }
export interface Rule { key: string; value: number; from_on: string; source: string; confirmed: boolean }
export interface Limits { body_bytes: number; file_bytes: number; title_len: number; text_len: number; page_max: number }
export type EnumName =
  | 'source_channel' | 'confidentiality' | 'handoff_state' | 'unit_kind' | 'park_kind' | 'role' | 'class' | 'part' | 'permission' | 'activity_kind' | 'currency'
export interface Meta {
  product: string
  demo: boolean
  version: string
  today: string
  units: MetaUnit[]
  stages: Stage[]
  tracks: Label[]
  chains: Chain[]
  parks: Park[]
  locations: Location[]
  enums: Record<EnumName, Label[]>
  rules: Rule[]
  limits: Limits
  calendar: { day: string; working: boolean; name: string }[]
}

export interface Lead extends Row {
  id: number
  code: string
  version: number
  title: string
  investor_name: string | null
  credit_code: string | null
  country: string | null
  source_channel: string
  introducer: string | null
  unit_id: number
  first_contact_unit_id: number | null
  location_code: string | null
  park_id: number | null
  chain: string | null
  track: string | null
  stage: string
  stage_since: string
  planned_cents: number | null
  fixed_assets_cents: number | null
  output_cents: number | null
  tax_cents: number | null
  currency: string
  at_least: string[]
  promised_fixed_assets_per_mu_cents: number | null
  promised_output_per_mu_cents: number | null
  promised_tax_per_mu_cents: number | null
  land_sqm: number | null
  floor_sqm: number | null
  product: string | null
  summary: string | null
  confidentiality: string
  first_contact_on: string | null
  expected_sign_on: string | null
  signed_on: string | null
  started_on: string | null
  signing_event: string | null
  binding: boolean | null
  next_step: string | null
  next_step_on: string | null
  as_reported: boolean
  stage_assumed: boolean
  invented: boolean
  source_note: string | null
  created_at: string
  activity_at: string
  part: string
  offer: { id: number; to_unit_id: number; due_at: string } | null
}

export interface Handoff extends Row {
  id: number
  lead_id: number
  from_unit_id: number
  to_unit_id: number
  state: 'offered' | 'accepted' | 'refused' | 'expired' | 'withdrawn'
  reason: string
  ask: string
  offered_at: string
  offered_by: Person | null
  due_at: string
  working_days_left: number | null
  answered_at: string | null
  answered_by: Person | null
  answer_reason: string
  version: number
  invented: boolean
  lead: {
    code: string
    title: string
    investor_name: string | null
    planned_cents: number | null
    currency: string
    chain: string | null
    stage: string
    summary: string | null
    unit_id: number
  }
}

export interface TimelineItem extends Row {
  id: number
  at: string
  kind: string
  unit_id: number | null
  by: Person | null
  note: { id: number; text: string; version: number; can: string[] } | null
  file: { id: number; name: string; size: number } | null
  handoff: {
    id: number
    from_unit_id: number
    to_unit_id: number
    state: Handoff['state']
    reason: string
    ask: string
    due_at: string
    answer_reason: string
  } | null
  from_stage: string | null
  to_stage: string | null
  happened_on: string | null
  reason: string
  fields: string[]
  invented: boolean
}

export interface CustodyItem {
  unit_id: number
  from_at: string
  until: string | null
  working_days: number
  handoff_id: number | null
  why: string
  by: Person | null
}
export interface CustodyBranch {
  handoff_id: number
  from_unit_id: number
  to_unit_id: number
  state: Handoff['state']
  offered_at: string
  answered_at: string | null
  due_at: string
  reason: string
  answer_reason: string
}
export interface Custody { items: CustodyItem[]; branches: CustodyBranch[] }

export interface WhyItem { role: string; unit_id: number; part: string; permission: string; from_at: string | null; until: string | null }

export interface Contact extends Row {
  id: number
  lead_id: number
  name: string | null
  title: string | null
  phone: string | null
  email: string | null
  wechat: string | null
  consent: boolean
  version: number
  unit_id: number | null
  created_at: string
}
export interface LeadFile extends Row {
  id: number
  lead_id: number
  unit_id: number | null
  by: Person | null
  name: string
  mime: string
  size: number
  sha256: string
  created_at: string
}
export interface Note extends Row {
  id: number
  lead_id: number
  unit_id: number | null
  by: Person | null
  text: string
  version: number
  created_at: string
  updated_at: string | null
  invented: boolean
}
export interface Member { user_id: number; name: string; unit_id: number | null; from_at: string }
export interface PersonRow { id: number; name: string; username: string; unit_ids: number[] }

export interface DuplicateAnswer {
  result: 'clear' | 'possible' | 'conflict'
  items: { reference: string; unit_id: number; reported_on: string }[]
}
