import { useDebounceFn } from '@vueuse/core'
import { onBeforeUnmount, ref } from 'vue'
import { leadsApi, type Party } from '@/api/leads'
import type { DuplicateAnswer } from '@/api/types'
import { creditCodeProblem, normalCreditCode } from '@/lib/creditCode'

interface Asked { investor: string; credit: string; parent: string; parentCredit: string; website: string }
const code = (text: string): string => (creditCodeProblem(text) === null ? normalCreditCode(text) : '')

/** The question for what is filled in; null while there is too little to ask. */
export function partyOf(f: Asked): Party | null {
  const name = (text: string) => (text.trim().length < 2 ? '' : text.trim())
  const all: Party = { investor_name: name(f.investor), credit_code: code(f.credit), parent_name: name(f.parent), parent_credit_code: code(f.parentCredit), website: /\.\w{2}/.test(f.website) ? f.website.trim() : '' }
  const filled = Object.entries(all).filter(([, v]) => v !== '')
  return filled.length ? (Object.fromEntries(filled) as Party) : null
}

/** Asks while somebody types whether the investor was reported before. */
export function useDuplicates() {
  const answer = ref<DuplicateAnswer | null>(null)
  const asking = ref(false)
  const failed = ref(false)
  let running: AbortController | null = null

  const ask = useDebounceFn(async (asked: Asked) => {
    running?.abort()
    const party = partyOf(asked)
    failed.value = false
    if (!party) {
      answer.value = null
      asking.value = false
      return
    }
    const mine = new AbortController()
    running = mine
    asking.value = true
    try {
      answer.value = await leadsApi.duplicates(party, mine.signal)
    } catch (e) {
      if (e instanceof DOMException) return
      answer.value = null
      failed.value = true
    } finally {
      if (running === mine) asking.value = false
    }
  }, 300)
  onBeforeUnmount(() => running?.abort())
  return { answer, asking, failed, ask }
}
