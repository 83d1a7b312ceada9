/** Whether a unit's name answers what was typed: Chinese, pinyin or initials. */
export interface Named { name_zh: string; name_en: string; short_zh: string; pinyin: string; initials: string }

export function answers(u: Named, typed: string): number {
  const q = typed.normalize('NFKC').trim().toLowerCase()
  if (!q) return 1
  const flat = q.replace(/[\s']/g, '')
  const pinyin = u.pinyin.toLowerCase().replace(/[\s']/g, '')
  if (u.short_zh === q || u.name_zh === q || u.initials.toLowerCase() === flat) return 5
  if (u.short_zh.startsWith(q) || u.name_zh.startsWith(q)) return 4
  if (u.initials.toLowerCase().startsWith(flat) || pinyin.startsWith(flat)) return 3
  if (u.name_zh.includes(q) || u.short_zh.includes(q) || u.name_en.toLowerCase().includes(q)) return 2
  if (pinyin.includes(flat) || u.initials.toLowerCase().includes(flat)) return 1
  return 0
}
