import { describe, expect, it } from 'vitest'
import type { Matrix } from '@/api/admin'
import { classesOf, covered, groupsOf, heldBy, partsOf } from './matrix'

const label = (code: string) => ({ code, zh: code, en: code })
const m: Matrix = {
  roles: [{ ...label('r1'), unit_kinds: ['town'] }, { ...label('r2'), unit_kinds: ['bureau'] }],
  permissions: [label('lead.read'), label('lead.edit'), label('user.manage')],
  cells: [
    { role: 'r1', permission: 'lead.read', parts: ['owner', 'past'] }, { role: 'r2', permission: 'lead.read', parts: ['owner', 'any'] },
    { role: 'r2', permission: 'user.manage', parts: ['any'] },
  ],
  classes: [{ role: 'r1', class: 'money', parts: ['owner'] }],
}

describe('the matrix of roles', () => {
  it('groups rights by their object and knows those that depend on no lead', () => {
    expect(groupsOf(m).map((g) => [g.object, g.plain, g.lines.map((l) => l.key)])).toEqual([['lead', false, ['lead.read', 'lead.edit']], ['user', true, ['user.manage']]])
  })
  it('has an empty cell where the role has no right', () => {
    const read = groupsOf(m)[0]!.lines[0]!
    expect(read.cells.get('r1')).toEqual(['owner', 'past'])
    expect(groupsOf(m)[0]!.lines[1]!.cells.get('r1')).toBeUndefined()
  })
  it('lists for chosen roles only what they hold', () => {
    expect(heldBy(groupsOf(m), ['r1']).map((g) => g.lines.map((l) => l.key))).toEqual([['lead.read']])
  })
  it('keeps the classes of fields beside it', () => {
    expect(classesOf(m, [label('money'), label('contact')]).map((l) => l.cells.get('r1') ?? [])).toEqual([['owner'], []])
  })
  it('explains only parts that occur', () => {
    expect(partsOf(m)).toEqual(['owner', 'past', 'any'])
  })
  it('dims what a wider part includes', () => {
    expect(covered('owner', ['owner', 'any'])).toBe(true)
    expect(covered('any', ['any', 'any_restricted'])).toBe(true)
    expect(covered('any', ['owner', 'any'])).toBe(false)
    expect(covered('owner', ['owner', 'past'])).toBe(false)
    expect(covered('any_restricted', ['any_restricted'])).toBe(false)
  })
})
