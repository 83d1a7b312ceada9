import assert from 'node:assert/strict'

// The main job: log a lead, hand it to a town, see only what is yours.
export default function (journey) {
  for (const [locale, dark, mark] of [['zh-CN', false, '甲'], ['en', true, '乙']]) {
    const firm = `接力测试${mark}制造有限公司`
    journey(`a lead is registered, handed on, accepted, and foreign to others (${locale})`, async ({ person }) => {
      const group = await person('wg-shenzhen', { locale, dark })
      const path = await register(group, firm, locale)
      await handOff(group, locale)
      await accept(person, firm, path, { locale, dark })
      await lookBack(group, path)
      const other = await person('cuiheng', { locale, dark })
      await other.go(`/leads?q=${encodeURIComponent(`接力测试${mark}`)}`)
      await other.see(other.t('leads.none_found'))
      other.expect(/404/)
      await other.go(path)
      await other.see(other.t('common.error_missing'))
      assert.ok(!(await other.page.content()).includes(firm), 'a foreign lead shows nothing of itself')
      await other.look(`lead-foreign-${locale}`)
    })
  }
}

async function register(p, firm, locale) {
  await p.go('/leads/new')
  const begun = Date.now()
  await p.page.keyboard.type(firm)
  await p.page.keyboard.press('Enter')
  await p.see(p.t('leads.dup_clear'))
  await p.page.keyboard.press('Enter')
  await p.page.keyboard.type('3.5亿')
  await p.page.keyboard.press('Enter')
  await p.page.keyboard.press('Tab')
  await p.page.keyboard.press('ArrowDown')
  await p.field('leads.summary').focus()
  await p.page.keyboard.type('精密零部件生产基地，需要约 50 亩工业用地')
  await p.page.getByText(p.t('leads.more_fields')).click()
  await p.field('leads.contact_name').fill('陈示例')
  await p.field('leads.contact_phone').fill('13800000000')
  const typed = Date.now() - begun
  await p.look(`register-${locale}`)
  const saving = Date.now()
  await p.page.keyboard.press('Control+Enter')
  await p.page.waitForURL(/\/leads\/\d+$/)
  assert.ok(typed + Date.now() - saving < 20_000, 'a lead is registered within 20 seconds')
  await p.see(locale === 'en' ? '¥350 m' : '3.5 亿元')
  return new URL(p.page.url()).pathname
}

async function handOff(p, locale) {
  await p.button('leads.hand_off').click()
  const dialog = p.page.getByRole('dialog', { name: p.t('leads.hand_off') })
  await dialog.getByRole('combobox').fill('huangpu')
  await p.page.keyboard.press('Enter')
  await dialog.getByLabel(p.t('leads.offer_reason')).fill('投资方看好家电配套')
  await dialog.getByLabel(p.t('leads.offer_ask')).fill('三个工作日内联系投资方，提供选址两处')
  await p.look(`hand-off-${locale}`)
  await p.page.keyboard.press('Control+Enter')
  await dialog.waitFor({ state: 'detached' })
  await p.see(p.t('leads.offered_to'))
  await p.button('leads.withdraw').waitFor()
}

async function accept(person, firm, path, options) {
  const town = await person('huangpu', options)
  await town.go(path)
  await town.see(town.t('leads.preview_text'))
  await town.page.locator('.countdown').first().waitFor()
  assert.equal(await town.page.getByRole('tab', { name: town.t('leads.contacts') }).count(), 0, 'no contacts before acceptance')
  assert.ok(!(await town.page.content()).includes('13800000000'))
  await town.look(`preview-${options.locale}`)
  await town.button('leads.accept').click()
  const dialog = town.page.getByRole('dialog', { name: town.t('leads.accept_title') })
  await dialog.getByRole('button', { name: town.t('leads.accept'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await town.page.getByRole('tab', { name: town.t('leads.contacts') }).click()
  await town.see('13800000000')
  await town.page.getByText(town.t('leads.show_table')).click()
  assert.equal(await town.page.locator('.custody .scroll rect.hold').count(), 2, 'two units have held it')
  await town.look(`accepted-${options.locale}`)
}

async function lookBack(group, path) {
  await group.go(path)
  await group.page.locator('h1').waitFor()
  assert.equal(await group.button('leads.hand_off').count(), 0, 'a past holder hands nothing on')
  assert.ok(!(await group.page.content()).includes('13800000000'))
}
