import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

export interface ListKeys {
  count: () => number
  open: (at: number) => void
  select?: (at: number) => void
  search?: () => void
  other?: Record<string, (at: number) => void>
}

/** j k Enter x / for a list; off while somebody types or a dialog is open. */
export function useListKeys(keys: ListKeys): { at: Ref<number> } {
  const at = ref(-1)
  function busy(e: KeyboardEvent): boolean {
    const el = e.target instanceof HTMLElement ? e.target : null
    const typing = el !== null && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName)) && (el as HTMLInputElement).type !== 'checkbox'
    return typing || e.ctrlKey || e.metaKey || e.altKey || document.querySelector('.el-overlay:not([style*="display: none"]) [role="dialog"]') !== null
  }
  function onKey(e: KeyboardEvent): void {
    if (busy(e)) return
    const last = keys.count() - 1
    if (e.key === 'j') at.value = Math.min(last, at.value + 1)
    else if (e.key === 'k') at.value = Math.max(0, at.value - 1)
    else if (e.key === '/' && keys.search) {
      e.preventDefault()
      keys.search()
    } else if (at.value < 0 || at.value > last) return
    else if (e.key === 'Enter' && (e.target === document.body || (e.target as HTMLElement).id === 'main' || (e.target as HTMLElement).dataset.list !== undefined)) keys.open(at.value)
    else if (e.key === 'x' && keys.select) keys.select(at.value)
    else keys.other?.[e.key]?.(at.value)
  }
  onMounted(() => window.addEventListener('keydown', onKey))
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey))
  return { at }
}
