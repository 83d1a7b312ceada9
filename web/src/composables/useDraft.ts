import { onBeforeUnmount, ref, watch, type Ref } from 'vue'
import { useSession } from './useSession'

/**
 * Keeps unsaved text of a form in this browser, per person, until it is
 * saved: it survives a reload, an expired session and a closed tab.
 */
export function useDraft<T extends object>(name: string, form: Ref<T>): { restored: Ref<boolean>; forget: () => void } {
  const session = useSession()
  const key = `lr.draft.${session.user?.id ?? 0}.${name}`
  const restored = ref(false)
  const blank = JSON.stringify(form.value)
  let timer = 0

  try {
    const kept = localStorage.getItem(key)
    if (kept && kept !== blank) {
      form.value = { ...form.value, ...(JSON.parse(kept) as Partial<T>) }
      restored.value = true
    }
  } catch {
    localStorage.removeItem(key)
  }

  function keep(): void {
    window.clearTimeout(timer)
    const now = JSON.stringify(form.value)
    if (now === blank) localStorage.removeItem(key)
    else localStorage.setItem(key, now)
  }
  const stop = watch(form, () => {
    window.clearTimeout(timer)
    timer = window.setTimeout(keep, 250)
  }, { deep: true })
  window.addEventListener('pagehide', keep)

  let dropped = false
  function forget(): void {
    dropped = true
    window.clearTimeout(timer)
    stop()
    localStorage.removeItem(key)
  }
  onBeforeUnmount(() => {
    window.removeEventListener('pagehide', keep)
    if (!dropped) keep()
  })
  return { restored, forget }
}
