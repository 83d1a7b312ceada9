import assert from 'node:assert/strict'

// Two people at two browsers, at one record.
export default function (journey) {
  const editor = (p, field) => p.page.getByRole('button', { name: p.t('leads.edit_field', { name: p.t(`leads.f_${field}`) }), exact: true })
  async function write(p, field, text) {
    await editor(p, field).click()
    await p.page.keyboard.press('Control+A')
    await p.page.keyboard.type(text)
  }
  const side = (p, which, field) => p.page.getByRole('radio', { name: p.t(`common.compare_use_${which}`, { name: p.t(field) }) })

  journey('two people edit one lead: each field is chosen, nothing typed is lost', async ({ person, client }) => {
    const [one, two] = await Promise.all([person('wg-shenzhen'), person('wg-shenzhen-head', { locale: 'en', dark: true })])
    const call = await client('wg-shenzhen')
    const { body } = await call('GET', '/leads?part=owner&limit=20')
    const { id } = body.items.find((l) => l.can.includes('edit'))
    await Promise.all([one, two].map((p) => p.go(`/leads/${id}`)))
    await write(two, 'product', 'servo motors')
    await write(one, 'product', '伺服电机')
    await one.page.keyboard.press('Enter')
    await one.see(one.t('leads.field_saved', { name: one.t('leads.f_product') }))
    await write(one, 'next_step', '本周五会见')
    await one.page.keyboard.press('Enter')
    await one.see(one.t('leads.field_saved', { name: one.t('leads.f_next_step') }))
    two.expect(/412/)
    await two.page.locator('.field-row.editing input').press('Enter')
    await two.see(two.t('common.compare_text'))
    await two.look('compare-lead-en-dark')
    await two.page.setViewportSize({ width: 1920, height: 1080 })
    await two.look('compare-lead-1920')
    // What both changed starts with what was typed, what only the other changed with the other's.
    assert.ok(await side(two, 'mine', 'leads.f_product').isChecked())
    assert.ok(await side(two, 'now', 'leads.f_next_step').isChecked())
    // By keyboard alone: back to editing, where nothing is lost, and here again.
    await two.page.keyboard.press('Escape')
    assert.equal(await two.page.locator('.field-row.editing input').inputValue(), 'servo motors')
    await two.page.locator('.field-row.editing input').press('Enter')
    await side(two, 'mine', 'leads.f_product').waitFor()
    await two.page.waitForTimeout(400)
    await side(two, 'now', 'leads.f_product').focus()
    await two.page.keyboard.press('Space')
    await two.page.keyboard.press('ArrowRight')
    assert.ok(await side(two, 'mine', 'leads.f_product').isChecked())
    await two.page.keyboard.press('Control+Enter')
    await two.see(two.t('leads.field_saved', { name: two.t('leads.f_product') }))
    const now = (await call('GET', `/leads/${id}`)).body
    assert.deepEqual([now.product, now.next_step], ['servo motors', '本周五会见'])
  })

  journey('a contact and a note that somebody else changed are compared too, on a phone as well', async ({ person, client }) => {
    const call = await client('wg-shenzhen')
    const { body } = await call('GET', '/leads?part=owner&limit=20')
    const { id } = body.items.find((l) => l.can.includes('edit_contacts') && l.can.includes('add_note'))
    const made = (await call('POST', `/leads/${id}/contacts`, { name: '测试员甲', phone: '13900000001', consent: true })).body
    const note = (await call('POST', `/leads/${id}/notes`, { text: '上午通了电话' })).body
    const p = await person('wg-shenzhen', { width: 360, height: 740 })
    await p.go(`/leads/${id}`)
    await p.page.getByRole('tab', { name: p.t('leads.contacts') }).click()
    await p.page.locator('.contact', { hasText: '测试员甲' }).getByRole('button', { name: p.t('common.edit') }).click()
    await p.field('leads.contact_phone').fill('13900000002')
    await call('PATCH', `/leads/${id}/contacts/${made.id}`, { title: '董事', phone: '13900000003' }, { 'If-Match': '"1"' })
    p.expect(/412/)
    await p.field('leads.contact_phone').press('Enter')
    await p.see(p.t('common.compare_text'))
    await p.look('compare-contact-360')
    await p.button('common.compare_save').click()
    await p.see(p.t('common.saved'))
    const fresh = (await call('GET', `/leads/${id}/contacts`)).body.items.find((c) => c.id === made.id)
    assert.deepEqual([fresh.title, fresh.phone], ['董事', '13900000002'])
    await p.page.getByRole('tab', { name: p.t('leads.stream') }).click()
    const item = p.page.locator('.note', { hasText: '上午通了电话' }).first()
    await item.getByRole('button', { name: p.t('common.edit') }).click()
    const box = p.page.locator('.item form textarea').first()
    await box.fill('上午通了电话,约了周三')
    await call('PATCH', `/leads/${id}/notes/${note.id}`, { text: '上午通了电话,对方很满意' }, { 'If-Match': '"1"' })
    await box.press('Control+Enter')
    await p.see('对方很满意')
    await p.look('compare-note-360')
    await p.button('common.compare_all_mine').click()
    await p.button('common.compare_save').click()
    await p.see('上午通了电话,约了周三')
    const notes = (await call('GET', `/leads/${id}/notes`)).body.items
    assert.equal(notes.find((n) => n.id === note.id).text, '上午通了电话,约了周三')
  })

  journey('a note whose answer was lost is there once', async ({ person, client }) => {
    const call = await client('wg-shenzhen')
    const { body } = await call('GET', '/leads?part=owner&limit=20')
    const { id } = body.items.find((l) => l.can.includes('add_note'))
    const p = await person('wg-shenzhen')
    await p.go(`/leads/${id}`)
    p.expect(/ERR_|Failed to load/)
    let lost = 0
    await p.page.route(`**/api/v1/leads/${id}/notes`, async (route) => {
      if (route.request().method() !== 'POST' || lost === 1) return route.continue()
      lost++
      await route.fetch() // the server did it
      await route.abort() // and nobody heard
    })
    await p.page.getByLabel(p.t('leads.note'), { exact: true }).fill('网络断了一下')
    await p.page.keyboard.press('Control+Enter')
    await p.see(p.t('leads.note_added'))
    const notes = (await call('GET', `/leads/${id}/notes`)).body.items
    assert.equal(notes.filter((n) => n.text === '网络断了一下').length, 1)
    assert.equal(lost, 1)
  })
}
