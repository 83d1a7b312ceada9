import type { Lead } from '@/api/types'

/** Cells that a spreadsheet would take for a formula get an apostrophe. */
export function safeCell(text: string): string {
  const one = text.replace(/[\t\r\n]+/g, ' ')
  return /^[=+\-@＝＋－＠]/.test(one) ? `'${one}` : one
}

/** Rows to paste into a spreadsheet: tabs between cells, amounts exact in 元. */
export function leadsAsText(rows: Lead[], head: string[], names: { unit: (id: number) => string; stage: (code: string) => string }): string {
  const lines = rows.map((r) => [
    r.code, r.title, r.investor_name ?? '', r.planned_cents === null ? '' : `${r.planned_cents / 100}${r.currency === 'CNY' ? '' : ` ${r.currency}`}`,
    names.stage(r.stage), names.unit(r.unit_id),
  ])
  return [head, ...lines].map((cells) => cells.map(safeCell).join('\t')).join('\n')
}
