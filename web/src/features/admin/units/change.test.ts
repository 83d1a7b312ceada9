import { expect, it } from 'vitest'
import { changed, type UnitForm } from './change'

const before: UnitForm = { name_zh: '小榄镇', name_en: 'Xiaolan Town', short_zh: '小榄', parent_id: null, confirmed: false, note: '' }

it('sends only the fields that differ, a cleared parent as null', () => {
  expect(changed(before, { ...before, confirmed: true, note: ' 已核对 ' })).toEqual({ confirmed: true, note: '已核对' })
  expect(changed({ ...before, parent_id: 3 }, before)).toEqual({ parent_id: null })
  expect(changed(before, { ...before, name_zh: '小榄镇 ' })).toEqual({})
})
