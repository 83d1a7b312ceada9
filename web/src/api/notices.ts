import { http, type Query } from './client'
import type { components } from './schema'

type S = components['schemas']
export type Inbox = S['NoticeInboxView']
export type Thread = S['NoticeThreadView']
export type Notice = S['NoticeView']
export type NoticeSettings = S['NoticeSettingsView']
export type Channels = S['NoticeChannels']
export type Delivery = Channels['handoff']
export type Topic = keyof Omit<Channels, '$schema'>
export type MailRow = S['NoticeMailView']
export type Mails = S['NoticeMailsView']
export type MailState = MailRow['state']

export const topics: Topic[] = ['handoff', 'clock', 'protection', 'dispute', 'lead']

export const noticesApi = {
  list: (query: Query, signal?: AbortSignal) => http.get<Inbox>('/notices', { query, signal }),
  readSome: (which: { thread_id?: number; up_to?: number }) => http.post<{ unread: number }>('/notices/read', which),
  settings: () => http.get<NoticeSettings>('/notices/settings'),
  choose: (s: Pick<NoticeSettings, 'mail' | 'quiet_from' | 'quiet_until' | 'digest_hour' | 'email'>, version: number) => http.put<NoticeSettings>('/notices/settings', s, version),
}

export const mailsApi = {
  list: (query: Query, signal?: AbortSignal) => http.get<Mails>('/settings/mails', { query, signal }),
  retry: (id: number) => http.post<undefined>(`/settings/mails/${id}/retry`),
}
