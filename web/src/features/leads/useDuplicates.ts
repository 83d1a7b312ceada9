import { useDebounceFn } from '@vueuse/core'
import { onBeforeUnmount, ref } from 'vue'
import { leadsApi } from '@/api/leads'
import type { DuplicateAnswer } from '@/api/types'
import { creditCodeProblem, normalCreditCode } from '@/lib/creditCode'

/** Asks while somebody types whether the investor was reported before. */
export function useDuplicates() {
  const answer = ref<DuplicateAnswer | null>(null)
  const asking = ref(false)
  const failed = ref(false)
  let running: AbortController | null = null

  const ask = useDebounceFn(async (investor: string, credit: string) => {
    running?.abort()
    const name = investor.trim()
    const code = creditCodeProblem(credit) === null ? normalCreditCode(credit) : ''
    failed.value = false
    if (name.length < 2 && !code) {
      answer.value = null
      asking.value = false
      return
    }
    const mine = new AbortController()
    running = mine
    asking.value = true
    try {
      answer.value = await leadsApi.duplicates(name.length < 2 ? '' : name, code, mine.signal)
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
