import type { Dispute, DisputeState, OutcomeKind, OutcomeOrder } from '@/api/disputes'

export const STATES: readonly DisputeState[] = ['talking', 'ruling', 'leading', 'settled', 'ruled', 'withdrawn']
export const isOpen = (s: DisputeState): boolean => s === 'talking' || s === 'ruling' || s === 'leading'

export interface ShareDraft { unit: number | null; percent: string }
export interface OutcomeDraft {
  outcome: OutcomeKind
  holder: number | null
  shares: ShareDraft[]
  closes: 'own' | 'disputed'
  merges: boolean
  reason: string
}

const HUNDRED = 100_00

/** Hundredths of a per cent, exactly; null for what is no share. */
export function basisPoints(percent: string): number | null {
  const m = /^(\d{1,3})(?:[.．](\d{1,2}))?$/.exec(percent.trim())
  if (!m) return null
  const n = Number(m[1]) * 100 + Number((m[2] ?? '').padEnd(2, '0'))
  return n > 0 && n <= HUNDRED ? n : null
}

/** What is still missing to 100 %, in hundredths of a per cent. */
export function missingShare(shares: ShareDraft[]): number {
  return HUNDRED - shares.reduce((sum, s) => sum + (basisPoints(s.percent) ?? 0), 0)
}

/** 3334 → "33.34". */
export function percentText(points: number): string {
  return (points / 100).toFixed(2).replace(/\.?0+$/, '')
}

/** The first broken rule of the shares, by the key of its sentence. */
export function shareProblem(d: OutcomeDraft): string {
  const units = d.shares.map((s) => s.unit)
  if (d.shares.length < 2 || units.includes(null)) return 'share_two'
  if (new Set(units).size < units.length) return 'share_twice'
  if (d.shares.some((s) => basisPoints(s.percent) === null)) return 'share_range'
  if (d.holder !== null && !units.includes(d.holder)) return 'share_holder'
  return missingShare(d.shares) === 0 ? '' : 'share_sum'
}

/** What is sent; parts that the outcome does not have are left out. */
export function orderOf(d: OutcomeDraft, members: number[] = []): OutcomeOrder {
  const reason = d.reason.trim()
  if (d.outcome === 'duplicate') return { outcome: d.outcome, closes: d.closes, ...(d.merges ? { merges: true } : {}), reason }
  return {
    outcome: d.outcome, ...(d.holder === null ? {} : { holder_unit_id: d.holder }),
    ...(d.outcome === 'shared' ? { shares: d.shares.map((s) => ({ unit_id: s.unit ?? 0, percent: (basisPoints(s.percent) ?? 0) / 100 })) } : {}),
    ...(members.length ? { member_ids: members } : {}), reason,
  }
}

/** The party that the person speaks for; undefined for everybody else. */
export function partyOf(d: Pick<Dispute, 'claimant_unit_id' | 'respondent_unit_id'>, units: number[]): number | undefined {
  return [d.claimant_unit_id, d.respondent_unit_id].find((u) => units.includes(u))
}

export interface Phase { key: 'talking' | 'ruling' | 'leading'; at: 'past' | 'now' | 'ahead'; until: string | null }

/** The three bodies in order: who has spoken, whose turn it is, who is left. */
export function phasesOf(d: Pick<Dispute, 'state' | 'talk_due_at' | 'rule_due_at' | 'raised_at' | 'outcome'>): Phase[] {
  const keys = ['talking', 'ruling', 'leading'] as const
  const body = d.outcome?.body === 'leading' ? 2 : d.outcome?.body === 'bureau' ? 1 : 0
  const now = isOpen(d.state) ? keys.indexOf(d.state as Phase['key']) : d.state === 'withdrawn' ? (d.raised_at ? 2 : -1) : body
  return keys.map((key, i) => ({
    key, at: i < now ? 'past' : i === now ? (isOpen(d.state) ? 'now' : 'past') : 'ahead',
    until: key === 'talking' ? d.talk_due_at : key === 'ruling' ? d.rule_due_at : null,
  }))
}
