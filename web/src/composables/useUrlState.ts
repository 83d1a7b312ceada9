import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'

/** Filters that live in the address, so that a link shows the same list. */
export function useUrlState() {
  const route = useRoute()
  const router = useRouter()

  function all(name: string): string[] {
    const v = route.query[name]
    const list = Array.isArray(v) ? v : [v]
    return list.filter((one): one is string => typeof one === 'string' && one !== '')
  }
  function one(name: string): string {
    return all(name)[0] ?? ''
  }
  function set(change: Record<string, string | string[] | null>): void {
    const next: LocationQueryRaw = { ...route.query }
    for (const [k, v] of Object.entries(change)) {
      if (v === null || v === '' || (Array.isArray(v) && v.length === 0)) delete next[k]
      else next[k] = v
    }
    void router.replace({ query: next })
  }
  function text(name: string, initial = ''): WritableComputedRef<string> {
    return computed({ get: () => one(name) || initial, set: (v) => set({ [name]: v === initial ? null : v }) })
  }
  return { all, one, set, text }
}
