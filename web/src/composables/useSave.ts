import { computed, ref } from 'vue'
import { ApiError, isApiError } from '@/api/error'
import { i18n } from '@/i18n'

/** Runs a save, keeps it from running twice, and holds what the server refused. */
export function useSave() {
  const busy = ref(false)
  const error = ref<ApiError | null>(null)
  const message = computed(() => {
    if (!error.value) return ''
    return error.value.status === 0 ? i18n.global.t('common.error_network') : error.value.message
  })
  async function save<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (busy.value) return undefined
    busy.value = true
    error.value = null
    try {
      return await work()
    } catch (e) {
      error.value = isApiError(e) ? e : new ApiError(-1, { detail: i18n.global.t('common.error_page') })
      return undefined
    } finally {
      busy.value = false
    }
  }
  const field = (name: string) => error.value?.field(name) ?? ''
  return { busy, error, message, save, field }
}
