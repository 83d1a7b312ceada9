import { describe, expect, it } from 'vitest'
import { find, grow, type TreeUnit } from './tree'

const unit = (id: number, kind: string, name: string, pinyin = '', parent: number | null = null): TreeUnit & { codes: { code: string }[] } => ({
  id, kind, parent_id: parent, open: true, name_zh: name, short_zh: name.slice(0, 2), name_en: `Unit ${id}`, pinyin,
  initials: pinyin.split(' ').map((w) => w[0] ?? '').join(''), codes: [{ code: `44200000${id}` }],
})
const units = [
  unit(1, 'town', '小榄镇', 'xiao lan zhen'), unit(2, 'town', '黄圃镇', 'huang pu zhen'), unit(3, 'department', '市工信局', 'shi gong xin ju'),
  unit(4, 'department', '下属中心', 'xia shu zhong xin', 3), unit(5, 'town', '园区办', 'yuan qu ban', 3),
]

describe('the tree of units', () => {
  it('stands by kind in the given order and leaves empty kinds out', () => {
    expect(grow(units, ['bureau', 'town', 'department']).map((b) => [b.kind, b.count])).toEqual([['town', 3], ['department', 2]])
  })
  it('puts a unit under its parent of the same kind, and on top when the parent is of another', () => {
    const [towns, departments] = grow(units, ['town', 'department'])
    expect(departments!.nodes.map((n) => [n.unit.id, n.depth, n.children])).toEqual([[3, 0, 1], [4, 1, 0]])
    expect(towns!.nodes.map((n) => [n.unit.id, n.depth])).toEqual([[1, 0], [2, 0], [5, 0]])
  })
  it('shows every unit once even on a circle of parents', () => {
    const circle = [unit(1, 'town', '甲镇', '', 2), unit(2, 'town', '乙镇', '', 1)]
    expect(grow(circle, ['town'])[0]!.nodes.map((n) => n.unit.id)).toEqual([1, 2])
  })
})

describe('finding a unit', () => {
  it('takes Chinese, pinyin, initials and the beginning of a division code', () => {
    for (const typed of ['小榄', 'xiaolan', 'xlz', '442000001']) expect(find(units, typed).map((u) => u.id), typed).toEqual([1])
    expect(find(units, '  ')).toHaveLength(5)
    expect(find(units, '没有')).toEqual([])
  })
})
