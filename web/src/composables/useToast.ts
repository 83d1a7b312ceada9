import { ref } from 'vue'
import { isApiError } from '@/api/error'
import { i18n } from '@/i18n'

export interface Toast { id: number; text: string; kind: 'done' | 'error' | 'info'; detail: string; action: { label: string; run: () => void } | null }

const list = ref<Toast[]>([])
let next = 1

/** Says what changed, with undo where there is one. */
export function useToast() {
  function show(text: string, kind: Toast['kind'], detail = '', action: Toast['action'] = null): void {
    const one = { id: next++, text, kind, detail, action }
    list.value = [...list.value.slice(-2), one]
    setTimeout(() => dismiss(one.id), kind === 'error' ? 12_000 : action ? 8_000 : 4_500)
  }
  function dismiss(id: number): void {
    list.value = list.value.filter((one) => one.id !== id)
  }
  function done(text: string, action: Toast['action'] = null): void {
    show(text, 'done', '', action)
  }
  /** Shows what the server said; field errors belong at their fields. */
  function failed(e: unknown): void {
    if (!isApiError(e)) return show(i18n.global.t('common.error_page'), 'error')
    if (e.status === 0) return show(i18n.global.t('common.error_network'), 'error')
    show(e.message, 'error', e.fields[0]?.message ?? (e.status >= 500 ? e.requestId : ''))
  }
  return { list, show, dismiss, done, failed }
}
