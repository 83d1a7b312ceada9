import assert from 'node:assert/strict'

// What is owed today: answered where it is read, told who was faster, and
// every figure of a board opens the leads that it counts.
export default function (journey) {
  for (const locale of ['zh-CN', 'en']) {
    journey(`an offer is refused from the workbench, with its reason (${locale})`, async ({ person, client }) => {
      const title = await offered(client, `工作台测试${locale === 'en' ? '乙' : '甲'}`)
      const town = await person('xiaolan', { locale })
      const line = town.page.locator('#offers li', { hasText: title })
      await line.getByRole('button', { name: town.t('handoffs.refuse') }).click()
      await town.see(town.t('handoffs.preview_text'))
      await town.button('handoffs.refuse_now').click()
      await town.see(town.t('common.reason_needed'))
      await town.look(`refuse-${locale}`)
      await town.page.keyboard.type('没有合适的地块')
      await town.page.keyboard.press('Control+Enter')
      await line.waitFor({ state: 'detached' })
      const group = await person('wg-shenzhen', { locale })
      await group.page.locator('#answered li', { hasText: title }).getByText('没有合适的地块').waitFor()
      await group.look(`answers-${locale}`)
    })
  }

  journey('two people answer one offer, and a sender withdraws under the receiver\'s eyes', async ({ person, client }) => {
    const [first, second] = [await offered(client, '抢先测试甲', 'huangpu'), await offered(client, '抢先测试乙', 'huangpu')]
    const officer = await person('huangpu')
    officer.expect(/409|404/)
    const open = async (p, title, act) => {
      await p.page.locator('#offers li', { hasText: title }).getByRole('button', { name: p.t(`handoffs.${act}`) }).click()
      await p.page.locator('.handoff-drawer textarea').waitFor()
    }
    await open(officer, first, 'accept')
    const head = await person('huangpu-head')
    await open(head, first, 'accept')
    await head.page.keyboard.press('Control+Enter')
    await head.page.locator('#offers li', { hasText: first }).waitFor({ state: 'detached' })
    await officer.page.keyboard.press('Control+Enter')
    await officer.see(officer.t('handoffs.lost_accepted'))
    await officer.look('overtaken')
    await officer.page.keyboard.press('Escape')
    await officer.page.locator('.handoff-drawer').waitFor({ state: 'hidden' })
    await open(officer, second, 'accept')
    const group = await person('wg-shenzhen')
    await group.go('/handoffs?box=out&state=offered')
    await group.page.getByRole('row').filter({ hasText: second }).getByRole('button', { name: group.t('handoffs.withdraw') }).click()
    await group.button('handoffs.withdraw_now').click()
    await group.page.getByRole('row').filter({ hasText: second }).waitFor({ state: 'detached' })
    await officer.page.keyboard.press('Control+Enter')
    await officer.see(new RegExp(['withdrawn', 'gone'].map((how) => officer.t(`handoffs.lost_${how}`)).join('|'))) // as the page or the answer is first
    await officer.page.locator('.handoff-drawer textarea').waitFor({ state: 'detached' })
  })

  journey('every figure of a board opens exactly the leads it counts', async ({ person }) => {
    const leader = await person('leader')
    for (const by of ['stage', 'unit', 'chain', 'month']) {
      await leader.go(`/boards?by=${by}`)
      await leader.look(`board-${by}`)
      const figures = await leader.page.locator('.board .cell a.line').evaluateAll((all) => all.map((a) => [a.getAttribute('href'), Number(a.innerText.replace(/\D/g, ''))]))
      assert.ok(figures.length > 1, `the board by ${by} has figures`)
      for (const [href, n] of figures.slice(0, 2).concat(figures.slice(-1))) {
        await leader.go(href)
        await leader.see(leader.t('common.rows_total', { n }), { exact: true })
      }
    }
  })
}

/** A fresh lead of the working group, on offer to a town. */
async function offered(client, name, town = 'xiaolan') {
  const group = await client('wg-shenzhen')
  const { body: meta } = await group('GET', '/meta')
  const title = `${name}基地`
  const lead = await group('POST', '/leads', { title, investor_name: `${name}有限公司`, source_channel: meta.enums.source_channel[0].code, duplicate: { choice: 'another', reason: '另一处选址' }, summary: '生产基地' })
  assert.equal(lead.status, 201)
  const offer = await group('POST', `/leads/${lead.body.id}/handoffs`, { to_unit_id: meta.units.find((u) => u.slug === town).id, reason: '适合落户', ask: '请安排考察' })
  assert.equal(offer.status, 201)
  return title
}
