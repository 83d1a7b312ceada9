import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/error'
import { handoffsApi } from '@/api/handoffs'
import type { Handoff } from '@/api/types'
import { useSession } from '@/composables/useSession'
import AnswerForm from './AnswerForm.vue'
import type { Answer } from './answers'

const offer = { id: 7, lead_id: 3, from_unit_id: 20, to_unit_id: 40, state: 'offered', can: ['accept', 'refuse'], masked: [] } as unknown as Handoff

function show(start: Answer | null) {
  return mount(AnswerForm, { props: { handoff: offer, start }, global: { plugins: [[VueQueryPlugin, { queryClient: new QueryClient() }]] } })
}

describe('the answer to an offer', () => {
  beforeEach(() => {
    setActivePinia(createPinia())
    useSession().me = { memberships: [{ id: 1, unit_id: 40, role: 'x', from_on: '2026-01-01', until_on: null }] } as never
  })
  afterEach(() => vi.restoreAllMocks())

  it('offers only what the row allows, and asks before it acts', async () => {
    const accept = vi.spyOn(handoffsApi, 'accept').mockResolvedValue(offer)
    const form = show(null)
    expect(form.findAll('button').map((b) => b.text())).toEqual(['接收', '退回'])
    await form.findAll('button')[0]!.trigger('click')
    expect(accept).not.toHaveBeenCalled()
    await form.find('form').trigger('submit')
    await flushPromises()
    expect(accept).toHaveBeenCalledWith(7, '', 40)
    expect(form.emitted('answered')?.[0]?.[0]).toBe('accept')
  })

  it('wants a reason for a refusal', async () => {
    const refuse = vi.spyOn(handoffsApi, 'refuse').mockResolvedValue(offer)
    const form = show('refuse')
    await form.find('form').trigger('submit')
    expect(refuse).not.toHaveBeenCalled()
    expect(form.find('[role="alert"]').text()).toBe('请写明理由。')
    await form.find('textarea').setValue(' 没有合适地块 ')
    await form.find('form').trigger('submit')
    await flushPromises()
    expect(refuse).toHaveBeenCalledWith(7, '没有合适地块', 40)
  })

  it('says who was faster, and keeps the words when the server refuses for another reason', async () => {
    const accept = vi.spyOn(handoffsApi, 'accept').mockRejectedValue(new ApiError(409, { code: 'handoff.answered', state: 'withdrawn' }))
    const form = show('accept')
    await form.find('form').trigger('submit')
    await flushPromises()
    expect(form.emitted('overtaken')?.[0]).toEqual(['withdrawn'])
    accept.mockRejectedValue(new ApiError(503, { code: 'unavailable', detail: '数据库暂时不可用。' }))
    await form.find('textarea').setValue('同意')
    await form.find('form').trigger('submit')
    await flushPromises()
    expect(form.find('[role="alert"]').text()).toBe('数据库暂时不可用。')
    expect(form.find('textarea').element.value).toBe('同意')
  })
})
