import { http, type Query } from './client'
import type {
  CheckList, Confirmation, Contact, Custody, DuplicateAnswer, FairReview, Gate, Handoff, Helper, Lead, LeadFile, LeadPath, Member, Note, Page, PerMu, PersonRow, TimelineItem, WhyItem,
} from './types'

export interface ContactDraft {
  name: string
  title?: string | null
  phone?: string | null
  email?: string | null
  wechat?: string | null
  consent: boolean
}
export type LeadChange = Partial<
  Omit<Lead, 'id' | 'code' | 'version' | 'can' | 'masked' | 'offer' | 'part' | 'protection' | 'stage' | 'stage_since' | 'created_at' | 'activity_at' | 'unit_id'>
>
/** The choice in sight of earlier reports of the investor. */
export interface Claim { choice: 'same' | 'another'; reason?: string; references: string[] }
/** What an investor is known by. */
export interface Party { investor_name?: string; credit_code?: string; parent_name?: string; parent_credit_code?: string; website?: string }
export interface LeadDraft extends LeadChange {
  title: string
  investor_name: string
  source_channel: string
  summary: string
  unit_id?: number
  contact?: ContactDraft
  duplicate?: Claim
}
export interface StageChange { to: string; reason?: string; happened_on?: string; lost_to?: string; lost_to_province?: string; lost_to_country?: string }
export interface HandoffOrder { to_unit_id: number; reason: string; ask: string; member_ids?: number[]; parts?: string[]; draft?: boolean }
export interface HelperOrder { unit_id: number; reason: string; until_on?: string; member_ids?: number[] }

const at = <Rest extends string = ''>(id: number, rest = '' as Rest) => `/leads/${id}${rest}` as const

/** One row of a list that comes in pages. */
async function sought<T extends { id: number }>(page: (cursor?: string) => Promise<Page<T>>, id: number): Promise<T | undefined> {
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await page(cursor)
    const found = items.find((one) => one.id === id)
    if (found || !next) return found
    cursor = next
  }
}

export const leadsApi = {
  list: (query: Query, signal?: AbortSignal) => http.get<Page<Lead>>('/leads', { query, signal }),
  get: (id: number) => http.get<Lead>(at(id)),
  create: (draft: LeadDraft) => http.post<Lead>('/leads', draft),
  change: (id: number, change: LeadChange & { duplicate?: Claim }, version: number) => http.patch<Lead>(at(id), change, version),
  remove: (id: number, version: number, reason: string) => http.delete(at(id), version, { reason }),
  stage: (id: number, change: StageChange, version: number) => http.post<Lead>(at(id, '/stage'), change, { version }),
  gate: (id: number, to: string) => http.get<Gate>(at(id, '/gate'), { query: { to } }),
  path: (id: number) => http.get<LeadPath>(at(id, '/path')),
  confirmations: (id: number) => http.get<{ items: Confirmation[] }>(at(id, '/confirmations')),
  askConfirmation: (id: number, stage: string) => http.post<Confirmation>(at(id, '/confirmations'), { stage }),
  answerConfirmation: (c: Confirmation, confirmed: boolean, reason: string) =>
    http.post<Confirmation>(at(c.lead.id, `/confirmations/${c.id}/answer`), { confirmed, ...(reason ? { reason } : {}) }),
  perMu: (id: number) => http.get<{ items: PerMu[] }>(at(id, '/per-mu')),
  fairReviews: (id: number) => http.get<{ items: FairReview[] }>(at(id, '/fair-reviews')),
  addFairReview: (id: number, r: { conclusion: string; reviewer: string; reviewed_on: string; file_id: number; note?: string }) => http.post<{ items: FairReview[] }>(at(id, '/fair-reviews'), r),
  asked: () => http.get<{ items: Confirmation[] }>('/confirmations'),
  timeline: (id: number, query: Query) => http.get<Page<TimelineItem>>(at(id, '/timeline'), { query }),
  custody: (id: number) => http.get<Custody>(at(id, '/custody')),
  why: (id: number) => http.get<{ items: WhyItem[] }>(at(id, '/why')),
  handOff: (id: number, order: HandoffOrder) => http.post<Handoff>(at(id, '/handoffs'), order),
  checkList: (id: number, to: number | null) => http.get<CheckList>(at(id, '/package'), { query: { to_unit_id: to } }),
  giveBack: (id: number, reason: string) => http.post<Handoff>(at(id, '/return'), { reason }),
  refer: (id: number, reason: string) => http.post<Handoff>(at(id, '/refer'), { reason }),
  assign: (id: number, order: HandoffOrder) => http.post<Handoff>(at(id, '/assign'), order),
  helpers: (id: number) => http.get<{ items: Helper[] }>(at(id, '/helpers')),
  addHelper: (id: number, order: HelperOrder) => http.post<{ items: Helper[] }>(at(id, '/helpers'), order),
  endHelper: (id: number, h: Helper) => http.delete(at(id, `/helpers/${h.id}`), h.version),
  custodyFile: (id: number) => http.download(at(id, '/custody.xlsx')),

  contacts: (id: number) => http.get<{ items: Contact[] }>(at(id, '/contacts')),
  addContact: (id: number, c: ContactDraft) => http.post<Contact>(at(id, '/contacts'), c),
  changeContact: (id: number, cid: number, c: Partial<ContactDraft>, version: number) =>
    http.patch<Contact>(at(id, `/contacts/${cid}`), c, version),
  removeContact: (id: number, cid: number, version: number) => http.delete(at(id, `/contacts/${cid}`), version),
  reveal: (id: number, cid: number, reason: string) =>
    http.post<Pick<Contact, 'id' | 'name' | 'title' | 'phone' | 'email' | 'wechat'>>(at(id, `/contacts/${cid}/reveal`), { reason }),

  notes: (id: number, cursor?: string) => http.get<Page<Note>>(at(id, '/notes'), { query: { limit: 50, cursor } }),
  /** One note, wherever it stands in the list; undefined when it is gone. */
  note: (id: number, note: number) => sought<Note>((cursor) => leadsApi.notes(id, cursor), note),
  addNote: (id: number, text: string, kind = 'note') => http.post<Note>(at(id, '/notes'), { text, kind }),
  changeNote: (id: number, nid: number, text: string, version: number) => http.patch<Note>(at(id, `/notes/${nid}`), { text }, version),
  removeNote: (id: number, nid: number, version: number) => http.delete(at(id, `/notes/${nid}`), version),

  files: (id: number, cursor?: string) => http.get<Page<LeadFile>>(at(id, '/files'), { query: { limit: 50, cursor } }),
  addFile: (id: number, file: File, kind = '') => {
    const form = new FormData()
    form.append('file', file)
    return http.upload<LeadFile>(at(id, '/files'), form, kind ? { query: { kind } } : {})
  },
  fileContent: (id: number, fid: number) => http.download(at(id, `/files/${fid}/content`)),
  removeFile: (id: number, f: LeadFile) => http.delete(at(id, `/files/${f.id}`), f.version),

  members: (id: number) => http.get<{ items: Member[] }>(at(id, '/members')),
  addMember: (id: number, user: number) => http.post<Member>(at(id, '/members'), { user_id: user }),
  removeMember: (id: number, m: Member) => http.delete(at(id, `/members/${m.user_id}`), m.version),
  people: (q: string, unit?: number) => http.get<{ items: PersonRow[] }>('/people', { query: { q, unit_id: unit } }),

  duplicates: (party: Party, signal?: AbortSignal) => http.post<DuplicateAnswer>('/duplicates/check', party, { signal }),
}
