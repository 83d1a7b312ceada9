import { expect, it } from 'vitest'
import { answers } from './pinyin'

const xiaolan = { name_zh: '小榄镇', name_en: 'Xiaolan Town', short_zh: '小榄', pinyin: 'xiao lan zhen', initials: 'xlz' }

it.each([['小榄', true], ['xl', true], ['xiaolan', true], ['lan', true], ['Xiaolan T', true], ['ｘｌ', true], ['', true], ['石岐', false], ['xz', false]])(
  'answers %s: %s',
  (typed, expected) => expect(answers(xiaolan, typed) > 0).toBe(expected),
)
