import { http, request } from './client'
import type { LoginOptions, Me, SessionRow, Token, User } from './types'

export const authApi = {
  options: async () => (await request<LoginOptions>('GET', '/auth/options', { open: true })).data,
  login: async (username: string, password: string) =>
    (await request<Token>('POST', '/auth/login', { body: { username, password }, open: true })).data,
  logout: async (everywhere = false) => {
    await request<undefined>('POST', '/auth/logout', { body: { everywhere }, open: true })
  },
  me: () => http.get<Me>('/auth/me'),
  setLocale: (locale: string) => request<User>('PATCH', '/auth/me', { body: { locale } }),
  password: (current: string, fresh: string) => http.post<undefined>('/auth/password', { current, new: fresh }),
  sessions: () => http.get<{ items: SessionRow[] }>('/auth/sessions'),
  endSession: (id: number) => http.delete(`/auth/sessions/${id}`),
}
