import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { nextTick } from 'vue'
import AmountInput from './AmountInput.vue'
import AmountText from './AmountText.vue'
import Combobox from './Combobox.vue'

it('shows a hidden amount as a lock and an unknown one as 未知', () => {
  const hidden = mount(AmountText, { props: { cents: null, masked: true } })
  const unknown = mount(AmountText, { props: { cents: null } })
  expect([hidden.find('[role=img]').attributes('aria-label'), hidden.text()]).toEqual(['已隐藏', '••••'])
  expect([unknown.find('[role=img]').exists(), unknown.text()]).toEqual([false, '未知'])
})

it('shows an amount short, and exact on hover', () => {
  const w = mount(AmountText, { props: { cents: 35_000_000_000, atLeast: true } })
  expect(w.text()).toBe('≥ 3.5 亿元')
  expect(w.find('.amount').attributes('title')).toBe('350,000,000 元 · 报道数额，为下限')
})

it('reads an amount while it is typed, says how, and offers 万 for a bare number', async () => {
  const w = mount(AmountInput, { props: { modelValue: null } })
  await w.find('input').setValue('8000')
  expect(w.emitted('update:modelValue')?.at(-1)).toEqual([800_000])
  expect(w.text()).toContain('没写单位，按元算')
  await w.find('button').trigger('click')
  expect(w.emitted('update:modelValue')?.at(-1)).toEqual([8_000_000_000])
  await w.find('input').setValue('很多')
  expect(w.emitted('update:modelValue')?.at(-1)).toEqual([null])
  expect(w.find('[role=alert]').text()).toContain('看不懂这个金额')
})

it('tells the form that the text names another currency', async () => {
  const w = mount(AmountInput, { props: { modelValue: null } })
  await w.find('input').setValue('1200万美元')
  expect(w.emitted('currency')).toEqual([['USD']])
})

it('chooses by typing and Enter', async () => {
  const options = [{ value: 1, text: '黄圃镇' }, { value: 2, text: '小榄镇' }]
  const w = mount(Combobox, { props: { options, modelValue: null }, attachTo: document.body })
  await w.find('input').trigger('focus')
  await w.find('input').setValue('小榄')
  await nextTick()
  expect([...document.querySelectorAll('[role=option]')].map((o) => o.textContent?.trim())).toEqual(['小榄镇'])
  await w.find('input').trigger('keydown', { key: 'Enter' })
  expect(w.emitted('update:modelValue')).toEqual([[2]])
  w.unmount()
})
