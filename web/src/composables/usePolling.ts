import { useIntervalFn } from '@vueuse/core'
import { somebodyThere } from './useIdle'

/** Asks again every so often, but only while somebody looks at the page. */
export function usePolling(ask: () => unknown, ms = 60_000): void {
  useIntervalFn(() => {
    if (somebodyThere()) ask()
  }, ms)
}
