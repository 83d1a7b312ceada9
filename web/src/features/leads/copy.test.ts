import { expect, it } from 'vitest'
import type { Lead } from '@/api/types'
import { leadsAsText, safeCell } from './copy'

it('disarms cells that would be formulas', () => {
  expect(['=1+1', '+86', '-5', '@a', '＝A1', '项目', 'a\tb'].map(safeCell)).toEqual(["'=1+1", "'+86", "'-5", "'@a", "'＝A1", '项目', 'a b'])
})
it('writes exact amounts and leaves unknown ones empty', () => {
  const row = { code: 'ZS-2026-00001', title: '示例项目', investor_name: null, planned_cents: 35_000_000_000, currency: 'CNY', stage: 'lead', unit_id: 3 } as Lead
  const names = { unit: (id: number) => `u${id}`, stage: (s: string) => s }
  expect(leadsAsText([row, { ...row, planned_cents: null }], ['a', 'b'], names)).toBe('a\tb\nZS-2026-00001\t示例项目\t\t350000000\tlead\tu3\nZS-2026-00001\t示例项目\t\t\tlead\tu3')
})
