import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

// How a lead moves beside a plain offer: refused twice into the pool, assigned
// and objected to, given back, helped, handed on in bulk, kept as a draft.
export default function (journey) {
  for (const [locale, dark, mark, width, height] of [['zh-CN', false, '辛', 1366, 768], ['en', true, '壬', 1366, 768]]) {
    const options = { locale, dark, width, height }
    journey(`a lead refused twice goes to the pool, is assigned, objected to and decided (${locale})`, async ({ person, client }) => {
      const units = await unitsOf(client)
      const giver = await client('wg-shenzhen')
      const lead = await register(giver, `流转测试${mark}电机基地`)
      for (const [who, reason] of [['huangpu', '暂无五十亩净地'], ['xiaolan', '产业方向不合']]) {
        const offer = await ok(giver('POST', `/leads/${lead.id}/handoffs`, { to_unit_id: units[who], reason: '适合落户', ask: '请考察' }, key()))
        await ok((await client(who))('POST', `/handoffs/${offer.id}/refuse`, { reason }, key()))
      }
      const bureau = await person('bureau', options)
      await bureau.go(`/leads/${lead.id}`)
      await bureau.page.getByText(bureau.t('leads.show_table')).click()
      for (const reason of ['暂无五十亩净地', '产业方向不合']) await bureau.page.getByRole('cell').getByText(reason).first().waitFor()
      await bureau.look(`pool-${locale}`)
      await assign(bureau, 'cuiheng')
      await object(person, lead, options)
      await decide(bureau, lead, locale)
      await excel(bureau, lead)
    })

    journey(`a lead is kept as a draft, sent, accepted, helped and given back (${locale})`, async ({ person, client }) => {
      const lead = await register(await client('wg-shenzhen'), `流转测试${mark}模具产线`)
      const group = await person('wg-shenzhen', options)
      await draft(group, lead, locale)
      const town = await client('huangpu')
      const offers = await ok(town('GET', '/handoffs?box=in&state=offered&limit=100'))
      await ok(town('POST', `/handoffs/${offers.items.find((h) => h.lead_id === lead.id).id}/accept`, {}, key()))
      const holder = await person('huangpu', options)
      await helper(holder, lead, locale)
      await holder.button('protocol.return').click()
      const dialog = holder.page.getByRole('dialog', { name: holder.t('protocol.return_title') })
      await dialog.getByRole('textbox').fill('投资方改要深水码头')
      await dialog.getByRole('button', { name: holder.t('protocol.return'), exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
      await group.go(`/leads/${lead.id}`)
      await group.page.getByText(group.t('leads.show_table')).click()
      await group.see('投资方改要深水码头')
      await group.button('leads.hand_off').waitFor()
      await group.look(`returned-${locale}`)
    })
  }

  journey('the boxes of drafts and assignments fit the screen and the phone', async ({ person }) => {
    for (const [locale, dark, width, height] of [['zh-CN', false, 1366, 768], ['en', true, 360, 740]]) {
      const bureau = await person('bureau', { locale, dark, width, height })
      for (const box of ['drafts', 'assigned']) {
        await bureau.go(`/handoffs?box=${box}`)
        await bureau.look(`handoffs-${box}-${locale}-${width}`)
      }
    }
  })
}

let made = 0
const key = () => ({ 'Idempotency-Key': `protocol-${process.pid}-${made++}` })

async function ok(call) {
  const answer = await call
  assert.ok(answer.status < 300, JSON.stringify(answer.body))
  return answer.body
}

async function register(call, title) {
  return ok(call('POST', '/leads', { title, investor_name: `${title}投资有限公司`, source_channel: 'visit', duplicate: { choice: 'another', reason: '另一处选址' }, summary: '约 50 亩用地' }, key()))
}

async function unitsOf(client) {
  const out = {}
  for (const who of ['huangpu', 'xiaolan', 'cuiheng']) out[who] = (await ok((await client(who))('GET', '/auth/me'))).memberships[0].unit_id
  return out
}

async function assign(p, unit) {
  await p.button('leads.hand_off').click()
  const dialog = p.page.getByRole('dialog', { name: p.t('leads.hand_off') })
  await dialog.getByText(p.t('protocol.kind_assignment'), { exact: true }).click()
  await dialog.getByRole('combobox').fill(unit)
  await p.page.keyboard.press('Enter')
  await dialog.getByLabel(p.t('leads.offer_reason')).fill('深中合作片区统筹')
  await dialog.getByLabel(p.t('leads.offer_ask')).fill('请本周内对接')
  await p.look(`assign-${p.options.locale}`)
  await dialog.getByRole('button', { name: p.t('protocol.send_assignment'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await p.see(p.t('protocol.assigned_text'))
}

async function object(person, lead, options) {
  const unit = await person('cuiheng', options)
  await unit.go(`/leads/${lead.id}`)
  await unit.button('protocol.object').click()
  const dialog = unit.page.getByRole('dialog', { name: unit.t('protocol.object_title') })
  await dialog.getByRole('textbox').fill('片区能评指标已用完')
  await unit.look(`object-${options.locale}`)
  await dialog.getByRole('button', { name: unit.t('protocol.object'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await unit.see(unit.t('protocol.undecided'))
}

async function decide(bureau, lead, locale) {
  await bureau.go('/handoffs?box=assigned')
  await bureau.page.getByRole('button', { name: lead.title }).first().click()
  const cancel = bureau.page.getByRole('button', { name: bureau.t('protocol.cancel'), exact: true })
  await cancel.waitFor()
  await bureau.look(`decide-${locale}`)
  await cancel.click()
  const dialog = bureau.page.getByRole('dialog', { name: bureau.t('protocol.cancel_title') })
  await dialog.getByRole('textbox').fill('情况属实，另行统筹')
  await dialog.getByRole('button', { name: bureau.t('protocol.cancel'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await bureau.go(`/leads/${lead.id}`)
  await bureau.page.getByText(bureau.t('leads.show_table')).click()
  for (const text of ['片区能评指标已用完', '情况属实，另行统筹']) await bureau.page.getByRole('cell').filter({ hasText: text }).first().waitFor()
  await bureau.look(`decided-${locale}`)
}

async function excel(p, lead) {
  const [file] = await Promise.all([p.page.waitForEvent('download'), p.button('protocol.excel').click()])
  assert.equal(file.suggestedFilename(), `custody-${lead.code}.xlsx`)
  assert.equal(readFileSync(await file.path()).subarray(0, 2).toString(), 'PK', 'a workbook')
}

async function draft(p, lead, locale) {
  await p.go(`/leads/${lead.id}`)
  await p.button('leads.hand_off').click()
  let dialog = p.page.getByRole('dialog', { name: p.t('leads.hand_off') })
  await p.page.waitForFunction(() => document.activeElement?.getAttribute('type') === 'radio')
  await dialog.getByRole('combobox').fill('huangpu')
  await p.page.keyboard.press('Enter')
  await dialog.getByLabel(p.t('leads.offer_reason')).fill('模具配套在黄圃')
  await p.look(`draft-${locale}`)
  await dialog.getByRole('button', { name: p.t('protocol.keep_draft'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await p.go('/handoffs?box=drafts')
  await p.page.getByRole('button', { name: lead.title }).first().waitFor()
  await p.go(`/leads/${lead.id}`)
  await p.button('leads.hand_off').click()
  dialog = p.page.getByRole('dialog', { name: p.t('leads.hand_off') })
  await p.settled()
  await p.page.waitForFunction(() => document.activeElement?.getAttribute('type') === 'radio')
  await p.page.waitForFunction((text) => [...document.querySelectorAll('textarea')].some((a) => a.value === text), '模具配套在黄圃')
  await dialog.getByLabel(p.t('leads.offer_ask')).fill('请提供厂房两处')
  await dialog.getByRole('button', { name: p.t('protocol.send_offer'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await p.see(p.t('leads.offered_to'))
}

async function helper(p, lead, locale) {
  await p.go(`/leads/${lead.id}?tab=helpers`)
  const form = p.page.getByRole('tabpanel')
  await form.getByRole('combobox').first().fill('xiaolan')
  await p.page.keyboard.press('Enter')
  await form.getByLabel(p.t('protocol.helper_reason')).fill('协助厂房选址')
  await p.button('protocol.add_helper').click()
  await p.button('protocol.end_help').waitFor()
  await p.look(`helpers-${locale}`)
}
