import assert from 'node:assert/strict'

// One investor reported twice: the second unit calls it another project, the
// bureau compares and confirms; the first renews its window with evidence.
export default function (journey) {
  for (const [locale, dark, width, height, firm] of [['zh-CN', false, 1366, 768, '玄武轴承'], ['en', true, 360, 740, '青鸾阀门']]) {
    journey(`another project of a known investor waits for the bureau; a window is renewed (${locale})`, async ({ person, client }) => {
      const first = await register(await client('cuiheng'), firm, '制造基地')
      assert.equal(first.status, 201, JSON.stringify(first.body))
      assert.equal(first.body.protection.state, 'active')
      const again = await client('xiaolan')
      const refused = await register(again, firm, '研发中心')
      assert.deepEqual([refused.status, refused.body.code], [409, 'duplicate.conflict'])
      const references = refused.body.items.map((i) => i.reference)
      const second = await register(again, firm, '研发中心', { choice: 'another', reason: '研发中心，选址与投资主体不同', references })
      assert.deepEqual([second.status, second.body.protection.state], [201, 'pending'])
      const options = { locale, dark, width, height }
      const bureau = await person('bureau', options)
      await bureau.go('/registrations')
      const card = bureau.page.getByRole('article', { name: `${firm}研发中心` })
      await card.getByText(first.body.protection.reference).waitFor()
      await bureau.look(`registrations-${locale}`)
      await card.getByRole('button', { name: bureau.t('register.confirm'), exact: true }).click()
      await bureau.page.getByRole('dialog').getByRole('button', { name: bureau.t('register.confirm'), exact: true }).click()
      await bureau.see(bureau.t('register.confirmed'))
      await card.waitFor({ state: 'detached' })
      assert.equal((await again('GET', `/leads/${second.body.id}`)).body.protection.state, 'active')
      await bureau.go('/registrations/checks')
      await bureau.page.locator('.panel tbody tr, .empty').first().waitFor()
      await bureau.look(`checks-${locale}`)
      const holder = await person('cuiheng', options)
      await holder.go(`/leads/${first.body.id}`)
      await holder.see(first.body.protection.reference)
      await holder.button('register.renew').click()
      const dialog = holder.page.getByRole('dialog', { name: holder.t('register.renew_title') })
      await dialog.getByLabel(holder.t('common.reason')).fill('已完成两轮选址')
      await dialog.getByLabel(holder.t('register.new_file')).setInputFiles({ name: 'minutes.txt', mimeType: 'text/plain', buffer: Buffer.from('会谈纪要') })
      await holder.look(`renew-${locale}`)
      await dialog.getByRole('button', { name: holder.t('register.renew'), exact: true }).click()
      await holder.see(holder.t('register.renewed'))
      const after = (await (await client('cuiheng'))('GET', `/leads/${first.body.id}`)).body
      assert.equal(after.protection.renewals, 1)
      assert.ok(!after.can.includes('renew_protection'), 'a window is renewed once')
    })
  }
}

let made = 0
function register(call, firm, kind, duplicate) {
  const draft = { title: `${firm}${kind}`, investor_name: `${firm}实业有限公司`, source_channel: 'visit', summary: '约 50 亩用地', ...(duplicate ? { duplicate } : {}) }
  return call('POST', '/leads', draft, { 'Idempotency-Key': `register-journey-${made++}` })
}
