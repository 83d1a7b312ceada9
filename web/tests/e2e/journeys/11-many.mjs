import assert from 'node:assert/strict'

export default function (journey) {
  for (const [lang, firms] of [['zh-CN', ['晨曦光源', '远山传动']], ['en', ['落霞精铸', '北斗纺机']]]) {
    journey(`several leads are looked at and handed on at once (${lang})`, async ({ person, client }) => {
      const call = await client('wg-shenzhen')
      const free = [await register(call, firms[0]), await register(call, firms[1])]
      const { body } = await call('GET', '/leads?part=owner&limit=50')
      const open = body.items.find((l) => l.offer)
      assert.ok(open)
      const p = await person('wg-shenzhen', { locale: lang })
      await p.go('/leads?part=owner')
      for (const l of [...free, open]) await p.page.locator('tbody .line', { hasText: l.title }).getByRole('checkbox').check()
      await p.button('relay.bulk').click()
      const dialog = p.page.getByRole('dialog')
      await dialog.getByLabel(p.t('leads.to_unit')).first().fill('xl')
      await p.page.keyboard.press('Enter')
      await p.see(p.t('relay.look_n', { n: 2, m: 3 }))
      await p.look(`bulk-look-${lang}`)
      await dialog.getByLabel(p.t('leads.offer_reason')).fill('配套厂在小榄')
      await dialog.getByLabel(p.t('leads.offer_ask')).fill('三个工作日内联系投资方')
      await dialog.getByRole('button', { name: p.t('relay.bulk_now', { n: 2 }) }).click()
      await dialog.getByText(p.t('relay.offered')).first().waitFor()
      await p.look(`bulk-done-${lang}`)
      for (const l of free) assert.ok((await call('GET', `/leads/${l.id}`)).body.offer, `${l.title} is on offer`)
    })
  }

  journey('who lets offers lapse opens to the offers; the idle pool names whom to ask', async ({ person }) => {
    const p = await person('bureau')
    await p.go('/handoffs/lapsed')
    await p.page.locator('button.link').first().click()
    await p.page.locator('.inner li').first().waitFor()
    await p.look('lapsed')
    await p.page.getByRole('link', { name: p.t('relay.pool') }).click()
    await p.page.locator('h1', { hasText: p.t('relay.pool') }).waitFor()
    await p.look('idle-pool')
    const q = await person('huangpu')
    await q.go('/handoffs/lapsed')
    await q.page.locator('.panel tbody tr').first().waitFor()
    assert.equal(await q.page.locator('.panel tbody tr').count(), 1, 'a town sees its own figures only')
    await q.look('lapsed-town')
  })
}

async function register(call, firm) {
  const draft = { title: `${firm}制造基地`, investor_name: `${firm}科技有限公司`, source_channel: 'visit', duplicate: { choice: 'another', reason: '另一处选址' }, summary: '约 50 亩用地' }
  const { status, body } = await call('POST', '/leads', draft, { 'Idempotency-Key': `many-${encodeURIComponent(firm)}` })
  assert.equal(status, 201, JSON.stringify(body))
  return body
}
