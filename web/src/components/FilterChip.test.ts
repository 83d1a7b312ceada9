import { flushPromises, mount } from '@vue/test-utils'
import { createRouter, createMemoryHistory } from 'vue-router'
import { describe, expect, it, vi } from 'vitest'
import FilterChip from './FilterChip.vue'

describe('a filter whose choices are asked for', () => {
  it('lists what the server finds, and says the name of what the address holds', async () => {
    const find = vi.fn((typed: string) => Promise.resolve([{ value: '7', text: `演示员 ${typed}` }]))
    const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: FilterChip }] })
    await router.push('/?user_id=7')
    const chip = mount(FilterChip, {
      props: { filter: { key: 'user_id', label: '操作人', kind: 'one', choices: [{ value: '7', text: '演示员' }], find } },
      global: { plugins: [router], stubs: { ElPopover: { template: '<div><slot name="reference" /><slot /></div>' } } },
    })
    expect(chip.find('.face').text()).toBe('操作人演示员')
    vi.useFakeTimers()
    await chip.find('input[type=text]').setValue('yan')
    await vi.advanceTimersByTimeAsync(300)
    vi.useRealTimers()
    await flushPromises()
    expect(find).toHaveBeenLastCalledWith('yan')
    expect(chip.findAll('li').map((li) => li.text())).toEqual(['演示员 yan'])
  })
})
