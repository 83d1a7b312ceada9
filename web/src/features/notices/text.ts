import type { Notice } from '@/api/notices'

/** Where a notice leads to beside its lead; null where the lead is all. */
export function placeOf(n: Pick<Notice, 'kind' | 'handoff_id' | 'object' | 'object_id'>): string | null {
  if (n.object === 'dispute' && n.object_id) return `/disputes/${n.object_id}`
  if (n.object === 'signing_task' && n.object_id) return `/signing/tasks?id=${n.object_id}`
  if (n.object === 'review' && n.object_id) return `/reviews?id=${n.object_id}`
  if (n.object === 'ranking' && n.object_id) return `/ranking?id=${n.object_id}`
  if (n.object === 'slip' && n.object_id) return `/slips/${n.object_id}`
  if (n.object === 'update') return '/updates'
  if (n.object === 'commitment' && n.object_id) return `/commitments?id=${n.object_id}`
  if (!n.handoff_id || !/^(handoff|pool)\./.test(n.kind)) return null
  const out = ['handoff.accepted', 'handoff.refused', 'handoff.expired', 'handoff.objected', 'handoff.returned'].includes(n.kind)
  return `/handoffs?${out ? 'box=out&' : ''}id=${n.handoff_id}`
}

/** The key of the sentence; a kind that the page does not know is told by its topic. */
export function sentenceOf(n: Pick<Notice, 'kind' | 'topic'>, known: (key: string) => boolean): string {
  if (!n.kind) return 'notices.withheld'
  const key = `notices.kind.${n.kind}`
  return known(key) ? key : `notices.topic_news.${n.topic}`
}
