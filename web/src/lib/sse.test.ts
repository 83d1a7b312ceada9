import { describe, expect, it } from 'vitest'
import { eventReader } from './sse'

describe('server-sent events', () => {
  it('come whole, wherever the pieces of the stream break', () => {
    const text = 'event: state\ndata: {"unread":2}\n\n: beat\n\nevent: notice\nid: 7\ndata: {"notice":41}\n\n'
    for (let cut = 0; cut <= text.length; cut++) {
      const read = eventReader()
      expect([...read(text.slice(0, cut)), ...read(text.slice(cut))]).toEqual([
        { name: 'state', id: '', data: '{"unread":2}' },
        { name: 'notice', id: '7', data: '{"notice":41}' },
      ])
    }
  })
})
