// Short names for the shapes of schema.d.ts, which is generated from the
// server's own description. Money is in 分 (_cents), days are text YYYY-MM-DD,
// instants RFC 3339 in UTC.
import type { components } from './schema'

type S = components['schemas']

export type Total = S['PageTotal']
export interface Page<T> { items: T[]; next: string | null; total: Total }
export type Person = S['LeadPerson']
/** Every row tells what its reader may do with it and what is hidden. */
export interface Row { can: string[]; masked: string[] }

export type User = S['AccountPersonView']
export type Token = S['OpenedBody']
export type Membership = S['AccountMembershipView']
export type Me = S['MeBody']
export type LoginOptions = S['AuthOptions']
export type SessionRow = S['AccountSessionView']

export type MetaUnit = S['MetaUnit']
export type UnitKind = MetaUnit['kind']
export type Label = S['Label']
export type Stage = S['MetaStage']
export type Chain = S['MetaChain']
export type Park = S['MetaPark']
export type Location = S['MetaLocation']
export type Rule = S['MetaRule']
export type Limits = S['MetaLimits']
export type EnumName = Exclude<keyof S['MetaEnums'], '$schema'>
export type Meta = S['MetaView']

export type Lead = S['LeadView']
export type Lifecycle = S['GateView']
export type LifecycleStep = S['GateStepView']
export type LifecycleNeed = S['GateNeedView']
export type Gate = S['LeadGateView']
export type GateItem = S['LeadGateItem']
export type LeadPath = S['LeadPathView']
export type PathStep = S['LeadPathStep']
export type PerMu = S['LeadPerMuView']
export type FairReview = S['LeadFairReviewView']
export type Confirmation = S['LeadConfirmView']
export type HandoffState = 'offered' | 'accepted' | 'refused' | 'expired' | 'withdrawn' | 'drafted' | 'returned' | 'passed_on' | 'completed'
export type Handoff = Omit<S['LeadHandoffView'], 'state'> & { state: HandoffState }
export type TimelineItem = S['LeadEntryView']
export type CustodyItem = S['LeadHoldingView']
export type CustodyBranch = S['LeadBranchView']
export type Custody = S['LeadCustodyView']
export type WhyItem = S['LeadWhyView']
export type Contact = S['LeadContactView']
export type RevealedContact = S['LeadRevealed']
export type LeadFile = S['LeadFileView']
export type Note = S['LeadNoteView']
export type Member = S['LeadMember']
export type PersonRow = S['PeopleFound']['items'][number]
export type DuplicateAnswer = S['LeadCheckView']
export type CheckList = S['LeadPackageView']
export type Helper = S['LeadHelperView']
