import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import Combobox from './Combobox.vue'

const options = [{ value: 'a', text: '智能家电' }, { value: 'b', text: '新能源' }]

function show(modelValue: string | null = null) {
  return mount(Combobox<string>, { props: { options, modelValue }, attachTo: document.body })
}

describe('a list to choose from', () => {
  afterEach(() => { document.body.innerHTML = '' })

  it('takes nothing on Enter while nobody typed or marked anything, and lets the form go on', async () => {
    const box = show()
    await box.find('input').trigger('focus')
    const enter = new KeyboardEvent('keydown', { key: 'Enter', cancelable: true, bubbles: true })
    box.find('input').element.dispatchEvent(enter)
    expect([box.emitted('update:modelValue'), enter.defaultPrevented]).toEqual([undefined, false])
  })

  it('takes what the arrows marked, or the best answer to what was typed', async () => {
    const box = show()
    await box.find('input').trigger('focus')
    await box.find('input').trigger('keydown', { key: 'ArrowDown' })
    await box.find('input').trigger('keydown', { key: 'Enter' })
    await box.find('input').setValue('能源')
    await box.find('input').trigger('keydown', { key: 'Enter' })
    expect(box.emitted('update:modelValue')).toEqual([['a'], ['b']])
  })

  it('keeps what was chosen before', async () => {
    const box = show('b')
    await box.find('input').trigger('focus')
    await box.find('input').trigger('keydown', { key: 'Enter' })
    expect(box.emitted('update:modelValue')).toBeUndefined()
    expect((box.find('input').element as HTMLInputElement).value).toBe('新能源')
  })
})
