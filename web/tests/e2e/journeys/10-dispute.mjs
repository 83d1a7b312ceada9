import assert from 'node:assert/strict'

// Two units claim one project: what each of them sees, how it is settled or
// ruled, and what becomes of the two leads.
export default function (journey) {
  for (const [locale, dark, mark, width, height] of [['zh-CN', false, '丙', 1366, 768], ['en', true, '丁', 360, 740]]) {
    const options = { locale, dark, width, height }
    journey(`a dispute is opened with evidence, argued, ruled with shares, foreign to others (${locale})`, async ({ person, client }) => {
      const held = await register(await client('huangpu'), `争议测试${mark}精密制造基地`, `争议测试${mark}一号实业有限公司`)
      const own = await register(await client('iit'), `争议测试${mark}机器人产线`, `争议测试${mark}二号控股有限公司`)
      const claimant = await person('iit', options)
      const path = await open(claimant, held, own)
      await answer(person, path, options)
      await rule(person, path, options)
      await claimant.go(path)
      await claimant.see(claimant.t('disputes.ruled_by'))
      await claimant.look(`dispute-ruled-${locale}`)
      await claimant.go(`/leads/${held.id}`)
      await claimant.see('66.67 %')
      const stranger = await person('xiaolan', options)
      stranger.expect(/404/)
      await stranger.go(path)
      await stranger.see(stranger.t('common.error_missing'))
      assert.ok(!(await stranger.page.content()).includes(held.code), 'a foreign dispute shows nothing of itself')
    })
  }

  for (const [locale, dark, mark, width, height] of [['zh-CN', false, '戊', 1366, 768], ['en', true, '己', 1366, 768], ['zh-CN', false, '庚', 360, 740]]) {
    const tag = `${locale}-${width}`
    journey(`two leads of one project are merged and the merge is undone (${tag})`, async ({ person, client }) => {
      const stays = await register(await client('wg-shenzhen'), `并案测试${mark}总装基地`, `并案测试${mark}甲投资有限公司`)
      const ends = await register(await client('xiaolan'), `并案测试${mark}总装产线`, `并案测试${mark}乙实业有限公司`)
      const call = await client('xiaolan')
      await call('POST', `/leads/${ends.id}/notes`, { text: '已带投资方看过两处厂房' }, { 'Idempotency-Key': `note-${tag}` })
      const bureau = await person('bureau', { locale, dark, width, height })
      await merge(bureau, ends, stays, tag)
      await bureau.go(`/leads/${ends.id}`)
      await bureau.see(bureau.t('merges.merged_text'))
      await bureau.look(`merged-${tag}`)
      await bureau.page.getByRole('link', { name: bureau.t('merges.open_target') }).click()
      await bureau.page.waitForURL(new RegExp(`/leads/${stays.id}$`))
      await bureau.see(bureau.t('merges.from_here', { code: ends.code }))
      await bureau.see('已带投资方看过两处厂房')
      await bureau.page.getByRole('button', { name: bureau.t('merges.undo'), exact: true }).click()
      const dialog = bureau.page.getByRole('dialog', { name: bureau.t('merges.undo_title') })
      await bureau.look(`unmerge-${tag}`)
      await dialog.getByRole('button', { name: bureau.t('merges.undo'), exact: true }).click()
      await bureau.see(bureau.t('merges.undone'))
      const back = (await call('GET', `/leads/${ends.id}`)).body
      assert.deepEqual([back.stage, back.merged_into, back.title], ['lead', null, ends.title])
      assert.deepEqual((await call('GET', `/leads/${ends.id}/notes`)).body.items.map((n) => n.text), ['已带投资方看过两处厂房'])
    })
  }
}

let made = 0
async function register(call, title, investor) {
  const answer = await call('POST', '/leads', { title, investor_name: investor, source_channel: 'visit', duplicate: { choice: 'another', reason: '另一处选址' }, summary: '约 50 亩用地' }, { 'Idempotency-Key': `dispute-lead-${made++}` })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return answer.body
}

async function open(p, held, own) {
  await p.go(`/disputes?new=1&reference=${held.code}`)
  const dialog = p.page.getByRole('dialog', { name: p.t('disputes.open') })
  await dialog.getByRole('button', { name: p.t('disputes.open_now'), exact: true }).click()
  await p.see(p.t('leads.required'))
  await dialog.getByLabel(p.t('disputes.claim')).fill('由本单位负责')
  await dialog.getByLabel(p.t('disputes.reason'), { exact: false }).fill('三月九日已与投资方会谈并形成纪要')
  await dialog.getByRole('combobox').fill(own.title.slice(0, 6))
  await p.page.keyboard.press('Enter')
  await dialog.locator('input[type=file]').setInputFiles({ name: 'minutes.txt', mimeType: 'text/plain', buffer: Buffer.from('会谈纪要') })
  await p.see('minutes.txt')
  await p.look(`dispute-open-${p.options.locale}`)
  await dialog.getByRole('button', { name: p.t('disputes.open_now'), exact: true }).click()
  await p.page.waitForURL(/\/disputes\/\d+$/)
  await p.see(p.t('disputes.lead_hidden'))
  await p.page.getByRole('button', { name: 'minutes.txt' }).waitFor()
  assert.ok(!(await p.page.content()).includes(held.title), 'the claimant is not told what it may not read')
  await p.page.locator('.countdown').first().waitFor()
  await p.look(`dispute-claimant-${p.options.locale}`)
  return new URL(p.page.url()).pathname
}

async function answer(person, path, options) {
  const town = await person('huangpu', options)
  await town.go('/notices?topic=dispute')
  await town.page.locator(`a[href="${path}"]`).first().click()
  await town.page.waitForURL(new RegExp(`${path}$`))
  await town.page.getByLabel(town.t('disputes.statement'), { exact: true }).fill('二月已签保密协议，附后')
  await town.button('disputes.say').click()
  await town.see(town.t('disputes.said'))
  await town.button('disputes.propose').click()
  const dialog = town.page.getByRole('dialog', { name: town.t('disputes.propose') })
  await dialog.getByRole('radio', { name: new RegExp(town.t('disputes.outcome.shared')) }).check()
  await dialog.getByRole('combobox').first().fill('huangpu')
  await town.page.keyboard.press('Enter')
  const shares = dialog.locator('.percent input')
  await shares.nth(0).fill('60')
  await shares.nth(1).fill('30')
  await dialog.getByLabel(town.t('disputes.propose_reason')).fill('共同推进，各有分工')
  await dialog.getByRole('button', { name: town.t('disputes.propose_now'), exact: true }).click()
  await dialog.getByText(town.t('disputes.share_sum')).waitFor()
  await town.look(`dispute-shares-${options.locale}`)
  await shares.nth(1).fill('40')
  await town.see(town.t('disputes.share_full'))
  await dialog.getByRole('button', { name: town.t('disputes.propose_now'), exact: true }).click()
  await town.see(town.t('disputes.proposal_waits'))
  await town.look(`dispute-proposal-${options.locale}`)
  await town.button('disputes.escalate').click()
  const ask = town.page.getByRole('dialog', { name: town.t('disputes.escalate') })
  await ask.getByRole('button', { name: town.t('disputes.escalate'), exact: true }).click()
  await town.see(town.t('disputes.escalate_done'))
}

async function rule(person, path, options) {
  const bureau = await person('bureau', options)
  await bureau.go('/disputes?state=ruling')
  await bureau.look(`disputes-${options.locale}`)
  await bureau.page.locator(`a[href="${path}"]`).click()
  await bureau.page.waitForURL(new RegExp(`${path}$`))
  await bureau.button('disputes.rule').click()
  const dialog = bureau.page.getByRole('dialog', { name: bureau.t('disputes.rule') })
  await dialog.getByRole('radio', { name: new RegExp(bureau.t('disputes.outcome.shared')) }).check()
  await dialog.getByRole('combobox').first().fill('huangpu')
  await bureau.page.keyboard.press('Enter')
  const shares = dialog.locator('.percent input')
  await shares.nth(0).fill('33.33')
  await dialog.getByRole('button', { name: bureau.t('disputes.share_rest'), exact: true }).click()
  assert.equal(await shares.nth(1).inputValue(), '66.67')
  await dialog.getByLabel(bureau.t('disputes.rule_reason')).fill('以书面记录为准，双方共同推进')
  await bureau.look(`dispute-rule-${options.locale}`)
  await dialog.getByRole('button', { name: bureau.t('disputes.rule_now'), exact: true }).click()
  await bureau.see(bureau.t('disputes.ruled_done'))
}

async function merge(p, ends, stays, tag) {
  await p.go(`/leads/${ends.id}`)
  await p.button('common.more').click()
  await p.page.getByRole('menuitem', { name: p.t('merges.open') }).click()
  const dialog = p.page.getByRole('dialog', { name: p.t('merges.title') })
  await dialog.getByRole('searchbox').fill(stays.title)
  await dialog.getByRole('button', { name: new RegExp(stays.title) }).click()
  await p.see(p.t('merges.moves_text'))
  await dialog.getByLabel(p.t('merges.reason')).fill('同一投资方的同一基地')
  await p.look(`merge-${tag}`)
  await dialog.getByRole('button', { name: p.t('merges.now'), exact: true }).click()
  await p.page.waitForURL(new RegExp(`/leads/${stays.id}$`))
}
