import type { ContactDraft, LeadDraft } from '@/api/leads'
import { normalCreditCode } from '@/lib/creditCode'
import { blankClaim, type ClaimState } from './claim'

/** What somebody types into the short form; texts are kept as typed. */
export interface LeadFormState {
  investor: string
  credit: string
  planned: number | null
  currency: string
  channel: string
  chain: string | null
  title: string
  titleTouched: boolean
  summary: string
  unit: number | null
  track: string | null
  location: string | null
  country: string | null
  introducer: string
  firstContactOn: string
  expectedSignOn: string
  nextStep: string
  nextStepOn: string
  restricted: boolean
  parent: string
  parentCredit: string
  website: string
  claim: ClaimState
  contact: { name: string; title: string; phone: string; email: string; wechat: string; consent: boolean }
}

export function blankForm(): LeadFormState {
  return {
    investor: '', credit: '', planned: null, currency: 'CNY', channel: '', chain: null, title: '', titleTouched: false, summary: '', unit: null,
    track: null, location: null, country: null, introducer: '', firstContactOn: '', expectedSignOn: '', nextStep: '', nextStepOn: '', restricted: false,
    parent: '', parentCredit: '', website: '', claim: blankClaim(),
    contact: { name: '', title: '', phone: '', email: '', wechat: '', consent: false },
  }
}

/** The body of POST /leads; what nobody filled in is left out and stays unknown. */
export function draftOf(f: LeadFormState, unit: number | undefined): LeadDraft {
  const draft: LeadDraft = { title: f.title.trim(), investor_name: f.investor.trim(), source_channel: f.channel, summary: f.summary.trim() }
  if (unit !== undefined) draft.unit_id = unit
  const texts = {
    credit_code: normalCreditCode(f.credit), introducer: f.introducer.trim(), chain: f.chain ?? '', track: f.track ?? '', location_code: f.location ?? '', country: f.country ?? '',
    first_contact_on: f.firstContactOn, expected_sign_on: f.expectedSignOn, next_step: f.nextStep.trim(), next_step_on: f.nextStepOn,
    parent_name: f.parent.trim(), parent_credit_code: normalCreditCode(f.parentCredit), website: f.website.trim(),
  }
  Object.assign(draft, Object.fromEntries(Object.entries(texts).filter(([, v]) => v !== '')))
  if (f.planned !== null) Object.assign(draft, { planned_cents: f.planned, currency: f.currency })
  if (f.restricted) draft.confidentiality = 'restricted'
  if (f.contact.name.trim()) draft.contact = contactOf(f.contact)
  return draft
}

export function contactOf(c: LeadFormState['contact']): ContactDraft {
  const rest = Object.fromEntries(
    (['title', 'phone', 'email', 'wechat'] as const).map((k) => [k, c[k].trim()]).filter(([, v]) => v !== ''),
  ) as Partial<ContactDraft>
  return { name: c.name.trim(), consent: c.consent, ...rest }
}
