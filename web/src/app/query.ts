import { QueryClient } from '@tanstack/vue-query'
import { isApiError } from '@/api/error'

// A refusal stays a refusal: only a lost network or an overloaded server is
// asked again.
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: true,
      retry: (count, e) => count < 2 && isApiError(e) && (e.status === 0 || e.status === 503),
    },
    mutations: { retry: false },
  },
})
