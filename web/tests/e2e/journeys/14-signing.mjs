import assert from 'node:assert/strict'
import { toTheStage } from '../gates.mjs'

const monthAhead = (n) => {
  const now = new Date(Date.now() + 8 * 3_600_000)
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + n, 1)).toISOString().slice(0, 7)
}

export default function (journey) {
  for (const [locale, ahead] of [['zh-CN', 3], ['en', 2]]) {
    journey(`a month is planned, frozen, slips, is held and told of (${locale})`, async ({ person, client }) => {
      const call = await client('xiaolan')
      const month = monthAhead(ahead)
      const titles = [1, 2].map((n) => `签约样例${locale === 'en' ? 'EN' : ''}${n}号项目`)
      for (const title of titles) {
        const { status } = await call('POST', '/leads', { title, investor_name: `${title}投资有限公司`, source_channel: 'visit', summary: '生产基地', planned_cents: 320_000_000_00 })
        assert.equal(status, 201)
      }
      const p = await person('bureau-head', { locale })
      await p.go(`/signing?from=${month}`)
      // Plan both from the column of the month.
      for (const title of titles) {
        await p.page.locator('.column').first().getByRole('button', { name: p.t('signing.plan'), exact: true }).click()
        const dialog = p.page.getByRole('dialog')
        await dialog.getByRole('searchbox').fill(title)
        await dialog.getByRole('button', { name: new RegExp(title) }).first().click()
        await dialog.getByRole('button', { name: p.t('signing.plan'), exact: true }).click()
        await dialog.waitFor({ state: 'detached' })
        await p.page.locator('.column').first().getByRole('button', { name: title, exact: true }).waitFor()
      }
      await p.look(`signing-board-${locale}`)
      // Freeze.
      await p.go(`/signing/${month}`)
      await p.button('signing.freeze').click()
      await p.page.getByRole('dialog').getByRole('button', { name: p.t('signing.freeze'), exact: true }).click()
      await p.page.getByText(p.t('signing.frozen_now')).first().waitFor()
      // Slip one by the menu of its card; the reason is asked.
      await p.go(`/signing?from=${month}`)
      await p.page.getByRole('button', { name: p.t('signing.move_card', { title: titles[0] }), exact: true }).click()
      await p.page.getByRole('menuitem').last().click()
      const ask = p.page.getByRole('dialog')
      await ask.getByRole('button', { name: p.t('signing.move'), exact: true }).click()
      await ask.getByText(p.t('common.reason_needed')).waitFor()
      await ask.getByRole('textbox').fill('投资方董事会改期')
      await ask.getByRole('button', { name: p.t('signing.move'), exact: true }).click()
      await ask.waitFor({ state: 'detached' })
      // The ledger tells it, and the figure opens its list.
      await p.go(`/signing/${month}`)
      await p.page.getByText('投资方董事会改期').first().waitFor()
      await p.page.locator('.figure.out').click()
      await p.page.locator('.rows').getByRole('link', { name: titles[0] }).waitFor()
      await p.look(`signing-month-${locale}`)
      await p.page.locator('.rows').getByRole('button', { name: p.t('common.close') }).click()
      // The papers of the meeting.
      for (const [name, ends] of [['Excel', '.xlsx'], [p.t('signing.brief'), '.docx'], [p.t('signing.picture'), '.png']]) {
        const file = p.page.waitForEvent('download')
        await p.page.getByRole('button', { name, exact: true }).click()
        assert.ok((await file).suggestedFilename().endsWith(ends))
      }
    })

    journey(`two people edit one card: the second is told what differs and takes it over (${locale})`, async ({ person, client }) => {
      const call = await client('xiaolan')
      const month = monthAhead(locale === 'en' ? 12 : 10)
      const title = `同改样例${locale === 'en' ? 'EN' : ''}项目`
      const made = await call('POST', '/leads', { title, investor_name: `${title}投资有限公司`, source_channel: 'visit', summary: '生产基地', planned_cents: 70_000_000_00 })
      assert.equal((await call('POST', `/signing-months/${month}/items`, { lead_id: made.body.id, grade: 'possible' })).status, 201)
      const p = await person('bureau-head', { locale })
      const q = await person('bureau', { locale })
      for (const one of [p, q]) {
        await one.go(`/signing?from=${month}`)
        await one.page.locator('.column').first().getByRole('button', { name: title, exact: true }).click()
      }
      const panel = (one) => one.page.locator('.side')
      await panel(p).getByLabel(p.t('signing.grade_head')).selectOption('sure')
      await panel(p).getByRole('button', { name: p.t('common.save'), exact: true }).click()
      await p.page.getByText(p.t('signing.saved')).first().waitFor()
      await panel(q).getByLabel(q.t('signing.leader')).fill('分管副市长')
      q.expect(/status of 412/)
      await panel(q).getByRole('button', { name: q.t('common.save'), exact: true }).click()
      await panel(q).getByText(q.t('signing.field.grade')).first().waitFor()
      await q.look(`signing-overtaken-${locale}`)
      await panel(q).getByRole('button', { name: q.t('signing.take_theirs'), exact: true }).click()
      await panel(q).getByRole('alert').waitFor({ state: 'detached' })
      assert.equal(await panel(q).getByLabel(q.t('signing.grade_head')).inputValue(), 'sure')
    })

    journey(`a card is dragged to another month with its reason, and stays when nobody gives one (${locale})`, async ({ person, client }) => {
      const call = await client('xiaolan')
      const month = monthAhead(locale === 'en' ? 8 : 6)
      const title = `拖动样例${locale === 'en' ? 'EN' : ''}项目`
      const made = await call('POST', '/leads', { title, investor_name: `${title}投资有限公司`, source_channel: 'visit', summary: '生产基地', planned_cents: 90_000_000_00 })
      assert.equal((await call('POST', `/signing-months/${month}/items`, { lead_id: made.body.id, grade: 'sure' })).status, 201)
      const p = await person('bureau-head', { locale })
      await p.go(`/signing?from=${month}`)
      const column = (n) => p.page.locator('.column').nth(n)
      const card = (n) => column(n).getByRole('button', { name: title, exact: true })
      const drag = async () => {
        await card(0).waitFor()
        await card(0).dragTo(column(1).locator('.cards'), { steps: 12 })
        await p.page.getByRole('dialog').waitFor()
      }
      await drag()
      await p.page.getByRole('dialog').getByRole('button', { name: p.t('common.cancel'), exact: true }).click()
      await card(0).waitFor()
      assert.equal(await card(1).count(), 0)
      await drag()
      await p.page.getByRole('dialog').getByRole('textbox').fill('投资方董事会改期')
      await p.page.getByRole('dialog').getByRole('button', { name: p.t('signing.move'), exact: true }).click()
      await card(1).waitFor()
      assert.equal(await card(0).count(), 0)
    })

    journey(`a ceremony is arranged, printed and confirmed; what was not signed goes back with its reason (${locale})`, async ({ person, client }) => {
      const call = await client('xiaolan')
      const month = monthAhead(0)
      const titles = [1, 2].map((n) => `仪式样例${locale === 'en' ? 'EN' : ''}${n}号项目`)
      for (const title of titles) {
        const made = await call('POST', '/leads', { title, investor_name: `${title}投资有限公司`, source_channel: 'visit', summary: '生产基地', planned_cents: 160_000_000_00 })
        assert.equal((await call('POST', `/signing-months/${month}/items`, { lead_id: made.body.id, grade: 'sure', reason: '列入计划' })).status, 201)
      }
      const p = await person('bureau-head', { locale })
      await p.go(`/signing/${month}`)
      await p.button('signing.ceremony_new').click()
      const form = p.page.getByRole('dialog')
      const name = `主会场集中签约仪式${locale}`
      await form.getByLabel(p.t('signing.ceremony_name')).fill(name)
      await form.getByLabel(p.t('signing.held_on')).fill(new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10))
      await form.getByLabel(p.t('signing.starts_at')).fill('15:00')
      for (const title of titles) await form.getByRole('button', { name: title, exact: true }).click()
      await form.getByRole('button', { name: p.t('signing.up', { title: titles[1] }), exact: true }).click()
      await form.getByLabel(`${p.t('signing.investor_signs')} 1`).fill('董事长')
      await p.look(`signing-ceremony-form-${locale}`)
      await form.getByRole('button', { name: p.t('common.save'), exact: true }).click()
      await form.waitFor({ state: 'detached' })
      const row = p.page.locator('li', { hasText: name })
      await row.getByRole('link', { name: p.t('signing.agenda'), exact: true }).click()
      const lines = p.page.locator('.paper tbody tr')
      await lines.first().waitFor()
      assert.match(await lines.nth(0).innerText(), new RegExp(`${titles[1]}[\\s\\S]*董事长`))
      await p.look(`signing-agenda-${locale}`)
      await p.page.getByRole('button', { name: p.t('signing.seats'), exact: true }).click()
      await p.page.locator('.seat').first().waitFor()
      assert.equal(await p.page.locator('.seat').count(), 4)
      await p.look(`signing-seats-${locale}`)
      // One was not signed; the door of the other, still a lead, refuses.
      await p.go(`/signing/${month}`)
      await row.getByRole('button', { name: p.t('signing.confirm'), exact: true }).click()
      const ask = p.page.getByRole('dialog')
      await ask.getByRole('checkbox', { name: new RegExp(titles[0]) }).uncheck()
      await ask.getByRole('textbox').fill('协议文本未定稿')
      await p.look(`signing-confirm-${locale}`)
      await ask.getByRole('button', { name: p.t('signing.confirm'), exact: true }).click()
      await ask.waitFor({ state: 'detached' })
      await row.getByText(p.t('signing.ceremony_state.confirmed')).waitFor()
      const changes = p.page.locator('.changes li')
      await changes.filter({ hasText: titles[0] }).filter({ hasText: '协议文本未定稿' }).waitFor()
      await changes.filter({ hasText: titles[1] }).filter({ hasText: p.t('signing.refused_reason') }).waitFor()
    })

    journey(`a project passes its gates, is signed on the stage, and the month tells it (${locale})`, async ({ person, client }) => {
      const [holder, head, bureau, department] = [await client('huangpu'), await client('huangpu-head'), await client('bureau-head'), await client('iit')]
      const month = monthAhead(0)
      const title = `签成样例${locale === 'en' ? 'EN' : ''}项目`
      const meta = await holder('GET', '/meta')
      const place = meta.body.locations.find((l) => l.zh.includes('黄圃')).code
      const made = await holder('POST', '/leads', { title, investor_name: `${title}投资有限公司`, source_channel: 'visit', summary: '生产基地' })
      assert.equal(made.status, 201)
      await toTheStage({ holder, head, bureau, department }, made.body.id, place)
      const card = await holder('POST', `/signing-months/${month}/items`, { lead_id: made.body.id, grade: 'sure', reason: '列入计划' })
      assert.equal(card.status, 201)
      const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
      const held = await bureau('POST', `/signing-months/${month}/ceremonies`, { name: `签成仪式${locale}`, held_on: today, seats: [{ item_id: card.body.id, investor_signs: '董事长', city_signs: '镇长' }] })
      assert.equal(held.status, 201)
      const p = await person('bureau-head', { locale })
      await p.go(`/signing/${month}`)
      await p.page.locator('li', { hasText: `签成仪式${locale}` }).getByRole('button', { name: p.t('signing.confirm'), exact: true }).click()
      const ask = p.page.getByRole('dialog')
      await ask.getByRole('button', { name: p.t('signing.confirm'), exact: true }).click()
      await ask.waitFor({ state: 'detached' })
      await p.page.locator('.cards tr', { hasText: title }).getByText(p.t('signing.signed_on', { day: today.slice(5) })).waitFor()
      await p.look(`signing-signed-${locale}`)
      // The lead has the stage, and the leader's cockpit counts it.
      assert.equal((await holder('GET', `/leads/${made.body.id}`)).body.stage, 'signed')
      const q = await person('leader', { locale })
      await q.go('/cockpit/list?measure=signing.signed')
      await q.page.getByRole('link', { name: title, exact: true }).first().waitFor()
    })

    journey(`a leader's remark is worked on until it is closed (${locale})`, async ({ person, client }) => {
      const call = await client('xiaolan')
      const title = `批示样例${locale === 'en' ? 'EN' : ''}项目`
      const made = await call('POST', '/leads', { title, investor_name: `${title}投资有限公司`, source_channel: 'visit', summary: '生产基地', planned_cents: 80_000_000_00 })
      const month = monthAhead(1)
      const card = await call('POST', `/signing-months/${month}/items`, { lead_id: made.body.id, grade: 'sure', reason: '列入计划' })
      assert.equal(card.status, 201)
      const boss = await client('leader')
      const due = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10)
      const task = await boss('POST', `/signing-months/${month}/items/${card.body.id}/remarks`, { text: `抓紧落实${title}用地`, due_on: due })
      assert.equal(task.status, 201)
      const p = await person('xiaolan', { locale })
      await p.go('/')
      const mine = p.page.locator('.desk-tasks .task', { hasText: `抓紧落实${title}用地` })
      await mine.getByRole('button', { name: p.t('signing.task_act.report'), exact: true }).click()
      const dialog = p.page.getByRole('dialog')
      await dialog.getByRole('textbox').fill('用地已选定')
      await dialog.getByRole('button', { name: p.t('signing.task_act.report'), exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
      const q = await person('leader', { locale })
      await q.go('/signing/tasks')
      const told = q.page.locator('.task', { hasText: `抓紧落实${title}用地` })
      await told.getByText('用地已选定').waitFor()
      await q.look(`signing-tasks-${locale}`)
      await told.getByRole('button', { name: q.t('signing.task_act.close'), exact: true }).click()
      await q.page.getByRole('dialog').getByRole('button', { name: q.t('signing.task_act.close'), exact: true }).click()
      await told.waitFor({ state: 'detached' })
    })
  }
}
