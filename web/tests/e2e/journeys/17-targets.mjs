// The year in the bureau and in a town: broken down, split, cut off from the
// network, changed by two at once.
const year = new Date().getFullYear() + 1
const tree = (more = '') => `/targets/tree?year=${year}&indicator=REG_N${more}`

/** Clicks a cell of a unit: column 0 is the year, 1 what is left, then the months. */
async function choose(p, unit, column) {
  const row = p.page.locator('.line.unit', { has: p.page.locator('.text', { hasText: new RegExp(`^${unit}$`) }) })
  await row.first().waitFor()
  const at = Number(await row.first().getAttribute('aria-rowindex')) - 2
  await p.page.locator(`#cell-${at}-${column}`).click()
  return p.page.locator(`#cell-${at}-${column}`)
}
async function paste(p, text) {
  await p.page.locator('[role=grid]').evaluate((el, t) => {
    const data = new DataTransfer()
    data.setData('text/plain', t)
    el.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  }, text)
}
const keys = async (p, ...all) => { for (const k of all) await p.page.keyboard.press(k) }
const number = async (cell) => (await cell.textContent()).trim()
function same(got, want, what) { if (got !== want) throw new Error(`${what}: ${got}, want ${want}`) }

export default (journey) => {
  for (const locale of ['zh-CN', 'en']) {
    const town = locale === 'en' ? 'Huangpu Town' : '黄圃'
    const [value, mine] = locale === 'en' ? ['48', '7'] : ['24', '5']
    journey(`the bureau breaks the year down and a town splits its months (${locale})`, async ({ person }) => {
      const bureau = await person('bureau', { locale })
      await bureau.go(tree('&kind=town'))
      await choose(bureau, town, 0)
      await bureau.page.keyboard.type(value)
      await keys(bureau, 'Enter', 'Control+s')
      await bureau.see(bureau.t('targets.saved', { n: 1 }).split(' | ')[0])
      await bureau.look(`targets-bureau-${locale}`)

      const p = await person('huangpu', { locale })
      await p.go(tree())
      const first = await choose(p, town, 2)
      const each = Number(value) / 12
      await paste(p, Array(12).fill(each).join('\t'))
      await keys(p, 'Control+z')
      same(await p.page.locator('.cell.typed').count(), 0, 'typed after undo')
      await keys(p, 'Control+y')
      same(await number(first), String(each), 'January after redo')
      await p.page.reload()
      await p.settled()
      await p.see(p.t('targets.restored', { n: 12 }).split(' | ').at(-1).replace('{n}', '12'))

      // Without the network nothing is lost.
      p.expect(/ERR_FAILED|Failed to load resource/)
      await p.page.route('**/targets/*/cells', (r) => r.abort())
      await choose(p, town, 2)
      await keys(p, 'Control+s')
      await p.see(p.t('common.error_network'))
      await p.page.unroute('**/targets/*/cells')
      await keys(p, 'Control+s')
      await p.see(p.t('targets.saved', { n: 12 }).split(' | ').at(-1).replace('{n}', '12'))
      await p.look(`targets-town-${locale}`)

      // More than the year is refused, and the row is named.
      p.expect(/409/)
      await choose(p, town, 4)
      await p.page.keyboard.type('999')
      await keys(p, 'Enter', 'Control+s')
      await p.see(p.t('targets.limit_code.months_above'))
      await keys(p, 'Control+z')

      // Two at once: both values, and neither is lost.
      const jan = await choose(p, town, 2)
      await p.page.keyboard.type('1')
      await keys(p, 'Enter', 'Control+s')
      await p.see(p.t('targets.saved', { n: 1 }).split(' | ')[0])
      same(await number(jan), '1', 'January of the town')
      bureau.expect(/409/)
      const theirs = await choose(bureau, town, 2)
      await bureau.page.keyboard.type(mine)
      await keys(bureau, 'Enter', 'Control+s')
      await bureau.see(bureau.t('targets.clash_text'))
      await bureau.look(`targets-clash-${locale}`)
      await bureau.button('targets.all_yours').click()
      await bureau.button('targets.go_on').click()
      await bureau.page.locator('.el-dialog').waitFor({ state: 'hidden' })
      await bureau.settled()
      same(await number(theirs), mine, 'January after the clash')
      same(await bureau.page.locator('.cell.typed').count(), 0, 'typed after the clash')
    })
  }

  journey('who is behind, at every width', async ({ person }) => {
    for (const [width, height, dark, locale] of [[360, 740, false, 'zh-CN'], [360, 740, true, 'en'], [1366, 768, false, 'en'], [1920, 1080, true, 'zh-CN']]) {
      const p = await person('bureau-head', { width, height, dark, locale })
      await p.go('/targets?indicator=FDI_USED')
      await p.page.locator('tbody tr').first().waitFor()
      await p.look(`targets-progress-${width}-${dark ? 'dark' : 'light'}-${locale}`)
      const figure = p.page.locator('tbody tr').nth(2).locator('button.link').nth(1)
      await figure.evaluate((el) => el.scrollIntoView({ block: 'center' }))
      await figure.click()
      await p.see(locale === 'en' ? 'Published statistics' : '统计部门公布')
      await p.look(`targets-figures-${width}-${dark ? 'dark' : 'light'}-${locale}`)
      await p.go('/targets/tree?view=all')
      await p.look(`targets-tree-${width}-${dark ? 'dark' : 'light'}-${locale}`)
      await p.go('/indicators')
      await p.look(`targets-indicators-${width}-${dark ? 'dark' : 'light'}-${locale}`)
    }
  })
}
