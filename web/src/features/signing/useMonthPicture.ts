import { useI18n } from 'vue-i18n'
import type { Figure, MonthBoard, Sums } from '@/api/signing'
import { useMeta } from '@/composables/useMeta'
import { formatAmount } from '@/lib/amount'
import { today } from '@/lib/days'
import { inOrder, missing, monthName } from './months'
import { png, ROWS, type MonthPicture } from './picture'
import { hand } from './useSigning'

/** Gives the board of a month to the browser as a picture for a slide; its figures are those of the page. */
export function useMonthPicture() {
  const { t, locale } = useI18n()
  const { unitName } = useMeta()
  const english = () => locale.value === 'en'
  const amount = (cents: number) => formatAmount(Math.abs(cents), 'CNY', english())
  const items = (n: number) => t('signing.n_items', { n }, n)

  function figures(sums: Sums, frozen: boolean): MonthPicture['figures'] {
    const parts: [string, Figure][] = frozen
      ? [['', 'frozen'], ['−', 'out'], ['+', 'in'], ['±', 'change'], ['=', 'actual'], ['', 'signed']]
      : [['', 'actual'], ['', 'signed']]
    return parts.map(([sign, f]) => {
      const s = sums[f as keyof Sums]
      const mark = f === 'change' && s.cents !== 0 ? (s.cents < 0 ? '−' : '+') : ''
      return { sign, label: t(`signing.figure.${!frozen && f === 'actual' ? 'plan' : f}`), value: mark + amount(s.cents), note: f === 'change' ? '' : items(s.count) }
    })
  }

  function picture(board: MonthBoard): MonthPicture {
    const cards = inOrder(board.items)
    const rest = cards.slice(ROWS)
    const ready = (n: number) => (n ? t('signing.lacks_n', { n }) : t('signing.all_ready'))
    return {
      title: t('signing.month_of', { month: monthName(board.month, english()) }),
      state: t(board.state === 'frozen' ? 'signing.frozen_on' : 'signing.freezes_on', { day: board.cut_off_on }),
      figures: figures(board.sums, board.state === 'frozen'),
      heads: [t('signing.project'), t('signing.cents'), t('signing.landing'), t('signing.grade_head')],
      rows: cards.map((c) => ({
        signed: c.state === 'signed',
        cells: [c.title, amount(c.cents), unitName(c.landing_unit_id), c.state === 'signed' ? t('signing.signed_on', { day: c.signed_on?.slice(5) }) : `${t(`signing.grade.${c.grade}`)} · ${ready(missing(c).length)}`],
      })),
      more: rest.length ? t('signing.and_more', { n: rest.length, amount: amount(rest.reduce((sum, c) => sum + c.cents, 0)) }) : '',
      unitsHead: t('signing.by.unit'),
      units: [...board.by_unit].sort((a, b) => b.actual.cents - a.actual.cents).filter((u) => u.actual.count > 0)
        .map((u) => ({ name: unitName(u.unit_id), value: amount(u.actual.cents), actual: u.actual.cents, signed: u.signed.cents })),
      foot: t('signing.picture_foot', { day: today() }),
    }
  }

  return { picture, give: async (board: MonthBoard) => hand(`signing-${board.month}.png`, await png(picture(board))) }
}
