import assert from 'node:assert/strict'

// What happens elsewhere reaches an open page by itself.
export default function (journey) {
  const badge = (p) => p.page.locator('a[href="/notices"] .n').first()
  for (const [locale, dark, mark] of [['zh-CN', false, '甲'], ['en', true, '乙']]) {
    journey(`an offer raises the count of an open page; a refusal takes the lead off it (${locale})`, async ({ person, client }) => {
      const [town, call] = [await person('cuiheng', { locale, dark }), await client('wg-shenzhen')]
      const units = (await call('GET', '/meta')).body.units
      const title = `即时消息测试${mark}项目`
      const lead = (await call('POST', '/leads', { title, investor_name: `即时消息测试${mark}有限公司`, source_channel: 'visit', duplicate: { choice: 'another', reason: '另一处选址' }, summary: '生产基地', planned_cents: 1_000_000_000 })).body
      await town.go('/workbench')
      const before = Number((await badge(town).count()) ? await badge(town).textContent() : 0)
      const offer = await call('POST', `/leads/${lead.id}/handoffs`, { to_unit_id: units.find((u) => u.slug === 'cuiheng').id, reason: '有现成用地', ask: '请约谈' })
      assert.equal(offer.status, 201)
      await town.page.waitForFunction((n) => document.querySelector('a[href="/notices"] .n')?.textContent === String(n), before + 1)
      await town.see(title) // on the workbench, which nobody loaded again
      await town.look(`notices-live-${locale}`)

      await town.go('/notices')
      await town.look(`notices-${locale}`)
      await town.page.setViewportSize({ width: 360, height: 740 })
      await town.look(`notices-360-${locale}`)
      await town.page.setViewportSize({ width: 1366, height: 768 })
      await town.page.getByRole('link', { name: title, exact: true }).first().click()
      await town.page.waitForURL(/\/leads\/\d+/)
      await town.page.waitForFunction((n) => (document.querySelector('a[href="/notices"] .n')?.textContent ?? '0') === String(n), before)

      town.expect(/404/) // the lead is foreign from the refusal on
      await town.button('leads.refuse').click()
      await town.page.getByRole('dialog').getByRole('textbox').fill('近期没有该类用地')
      await town.page.keyboard.press('Control+Enter')
      await town.see(town.t('leads.refuse_done'))
      await town.page.waitForURL((u) => u.pathname === '/handoffs') // where the next offer waits
      await town.settled()
      assert.equal(await town.page.getByText(title).count(), 0, 'nothing of a lost lead stays on the page')
    })
  }
}
