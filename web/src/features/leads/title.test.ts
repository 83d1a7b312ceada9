import { expect, it } from 'vitest'
import { suggestTitle } from './title'

it.each([
  ['示例精密制造（中国）有限公司', '高端装备产业集群', '示例精密制造高端装备项目'],
  ['测试集团', '', '测试项目'],
  ['  ', '光电', ''],
])('suggests a title for %s in %s', (investor, chain, title) => expect(suggestTitle(investor, chain)).toBe(title))
