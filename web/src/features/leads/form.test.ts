import { expect, it } from 'vitest'
import { blankForm, draftOf } from './form'

it('sends only what was filled in: the rest stays unknown, never zero', () => {
  const form = { ...blankForm(), investor: ' 示例公司 ', title: '示例项目', channel: 'visit', summary: '一句话' }
  expect(draftOf(form, 7)).toEqual({ title: '示例项目', investor_name: '示例公司', source_channel: 'visit', summary: '一句话', unit_id: 7 })
})
it('sends amounts with their currency, codes in one form and a named contact', () => {
  const form = { ...blankForm(), investor: 'A', title: 'B', channel: 'visit', summary: 'C', planned: 0, credit: '91350100m000100y43', restricted: true }
  form.contact = { ...form.contact, name: '陈示例', phone: ' 13800000000 ', consent: true }
  expect(draftOf(form, undefined)).toEqual({
    title: 'B', investor_name: 'A', source_channel: 'visit', summary: 'C', planned_cents: 0, currency: 'CNY', credit_code: '91350100M000100Y43',
    confidentiality: 'restricted', contact: { name: '陈示例', phone: '13800000000', consent: true },
  })
})
