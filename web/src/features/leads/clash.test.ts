import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { ApiError } from '@/api/error'
import { leadsApi } from '@/api/leads'
import { registerApi } from '@/api/register'
import type { Lead, TimelineItem } from '@/api/types'
import { useToast } from '@/composables/useToast'
import RenewDialog from '@/features/register/RenewDialog.vue'
import FieldRow from './FieldRow.vue'
import StreamItem from './StreamItem.vue'

const lead = (over: Partial<Lead> = {}) => ({ id: 3, version: 4, title: '甲', product: null, currency: 'CNY', can: ['edit', 'add_file'], masked: [], at_least: [], ...over }) as unknown as Lead
const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: { template: '<div />' } }] })
const plugins = () => [[VueQueryPlugin, { queryClient: new QueryClient() }], router] as never
const stale = new ApiError(412, { code: 'version.stale', detail: '已被他人修改。' })

describe('two people at one row', () => {
  beforeEach(() => setActivePinia(createPinia()))
  afterEach(() => vi.restoreAllMocks())

  it('closes the field when the other one saved the very same', async () => {
    vi.spyOn(leadsApi, 'change').mockRejectedValue(stale)
    vi.spyOn(leadsApi, 'get').mockResolvedValue(lead({ version: 5, product: '激光器' }))
    const row = mount(FieldRow, { props: { lead: lead(), field: { name: 'product', kind: 'text' } }, global: { plugins: plugins() } })
    await row.find('.pen').trigger('click')
    await row.find('input').setValue('激光器')
    await row.find('.btn.primary').trigger('click')
    await flushPromises()
    expect(row.find('input').exists()).toBe(false)
    expect(document.querySelector('.compare')).toBeNull()
  })

  it('does not say that a note is gone when it stayed', async () => {
    const { list } = useToast()
    list.value = []
    vi.spyOn(leadsApi, 'removeNote').mockRejectedValue(stale)
    const item = { id: 9, kind: 'note', at: '2026-06-01T02:00:00Z', fields: [], masked: [], note: { id: 8, version: 1, text: '电话', can: ['edit', 'delete'] } } as unknown as TimelineItem
    const note = mount(StreamItem, { props: { item, lead: lead() }, global: { plugins: plugins(), stubs: { 'router-link': true } } })
    await note.findAll('.acts button')[1]!.trigger('click')
    await flushPromises()
    expect(list.value.map((one) => one.kind)).toEqual(['error'])
  })

  it('lays the evidence of a renewal to the lead once, however often it is tried', async () => {
    const add = vi.spyOn(leadsApi, 'addFile').mockResolvedValue({ id: 70 } as never)
    const renew = vi.spyOn(registerApi, 'renew').mockRejectedValue(new ApiError(503, { code: 'unavailable' }))
    vi.spyOn(leadsApi, 'notes').mockResolvedValue({ items: [], next: null, total: { count: 0, exact: true } } as never)
    const dialog = mount(RenewDialog, { props: { lead: lead() }, global: { plugins: plugins(), stubs: { 'el-dialog': { template: '<div><slot /></div>' } } } })
    await dialog.find('textarea').setValue('正在谈')
    const input = dialog.find<HTMLInputElement>('input[type="file"]')
    Object.defineProperty(input.element, 'files', { value: [new File(['x'], '证明.pdf')] })
    await input.trigger('change')
    for (let i = 0; i < 2; i++) {
      await dialog.find('form').trigger('submit')
      await flushPromises()
    }
    expect(add).toHaveBeenCalledTimes(1)
    expect(renew.mock.calls.map((c) => c[1])).toEqual([{ reason: '正在谈', file_id: 70 }, { reason: '正在谈', file_id: 70 }])
  })
})
