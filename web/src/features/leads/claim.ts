import { computed, ref, watch, type Ref } from 'vue'
import type { ApiError } from '@/api/error'
import type { Claim } from '@/api/leads'
import type { DuplicateAnswer } from '@/api/types'

/** What somebody says of the earlier reports of an investor. */
export interface ClaimState { choice: '' | 'same' | 'another'; reason: string }
export const blankClaim = (): ClaimState => ({ choice: '', reason: '' })

const REFUSED: Record<string, string> = { 'duplicate.conflict': 'conflict', 'duplicate.possible': 'possible', 'duplicate.same_project': 'same' }

/** The earlier reports that the server named when it refused; null for any other refusal. */
export function refusedWith(error: ApiError | null): DuplicateAnswer | null {
  const result = error ? REFUSED[error.code] : undefined
  if (!error || !result) return null
  return { result, items: Array.isArray(error.params.items) ? (error.params.items as DuplicateAnswer['items']) : [] }
}

/** The choice as it is sent: with the references that it was made in sight of. */
export function claimOf(state: ClaimState, answer: DuplicateAnswer | null): Claim | undefined {
  if (!state.choice || !answer || answer.result === 'clear') return undefined
  const reason = state.choice === 'another' ? { reason: state.reason.trim() } : {}
  return { choice: state.choice, ...reason, references: answer.items.map((i) => i.reference) }
}

/**
 * Holds the choice beside the newest answer of the check, be it of the check
 * or of a save that was refused. Other reports ask for another choice.
 */
export function useClaim(state: Ref<ClaimState>, checked: Ref<DuplicateAnswer | null>) {
  const refused = ref<DuplicateAnswer | null>(null)
  watch(checked, () => (refused.value = null))
  const answer = computed<DuplicateAnswer | null>(() => refused.value ?? checked.value)
  const needed = computed(() => answer.value !== null && answer.value.result !== 'clear')
  const complete = computed(() => !needed.value || state.value.choice === 'same' || (state.value.choice === 'another' && state.value.reason.trim() !== ''))
  const references = computed(() => (needed.value ? answer.value!.items.map((i) => i.reference).join(' ') : ''))
  watch(references, (now, before) => {
    if (before && now !== before) state.value = { ...state.value, choice: '' }
  })
  function refuse(error: ApiError | null): boolean {
    const found = refusedWith(error)
    if (!found) return false
    refused.value = found
    return true
  }
  return { answer, needed, complete, refuse, claim: () => claimOf(state.value, answer.value) }
}
