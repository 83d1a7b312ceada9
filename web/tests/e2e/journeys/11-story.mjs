import assert from 'node:assert/strict'

// The whole story of one lead: registered by a group, refused by a town, in
// the bureau's pool, assigned to a platform, claimed by a department, ruled
// over, merged with the department's own record, and unmerged.
export default function (journey) {
  for (const [locale, dark, mark] of [['zh-CN', false, '辛'], ['en', true, '壬']]) {
    const o = { locale, dark }
    journey(`a lead goes from the group by refusal and pool to a platform, and through a dispute (${locale})`, async ({ person, client }) => {
      const firm = `全程测试${mark}光电有限公司`
      const group = await person('wg-shenzhen', o)
      const path = await register(group, firm)
      await offer(group, locale)
      await refuse(await person('huangpu', o), path)
      await intoThePool(group, path)
      await assign(await person('bureau', o), path)
      const { id, code } = (await (await client('bureau'))('GET', path)).body
      const platform = await person('cuiheng', o)
      await platform.go(path)
      await platform.see(firm)
      const own = await claim(person, client, { code, mark, o })
      await rule(person, own, o)
      await mergeAndUndo(person, { own, id, path, o })
      await custody(await person('bureau-head', o), path, locale)
      await group.go(path)
      assert.equal(await group.button('leads.hand_off').count(), 0, 'who handed the lead on has no more to say about it')
    })
  }
}

async function register(p, firm) {
  await p.go('/leads/new')
  await p.page.keyboard.type(firm)
  await p.page.keyboard.press('Enter')
  await p.see(p.t('leads.dup_clear'))
  await p.page.keyboard.press('Enter')
  await p.page.keyboard.type('8000万')
  await p.page.keyboard.press('Enter')
  await p.page.keyboard.press('Tab')
  await p.page.keyboard.press('ArrowDown')
  await p.field('leads.summary').fill('光电器件产线，需要约 30 亩用地')
  await p.page.keyboard.press('Control+Enter')
  await p.page.waitForURL(/\/leads\/\d+$/)
  return new URL(p.page.url()).pathname
}

async function offer(p, locale) {
  await p.button('leads.hand_off').click()
  const dialog = p.page.getByRole('dialog', { name: p.t('leads.hand_off') })
  await dialog.getByRole('combobox').first().fill('huangpu')
  await p.page.keyboard.press('Enter')
  await dialog.getByLabel(p.t('leads.offer_reason')).fill('家电配套在黄圃')
  await dialog.getByLabel(p.t('leads.offer_ask')).fill('提供选址两处')
  await p.page.keyboard.press('Control+Enter')
  await dialog.waitFor({ state: 'detached' })
  await p.look(`story-1-offered-${locale}`)
}

async function refuse(p, path) {
  p.expect(/404/) // the open page loses the lead with the answer
  await p.go(path)
  await p.button('leads.refuse').click()
  const dialog = p.page.getByRole('dialog', { name: p.t('leads.refuse_title') })
  await dialog.getByRole('textbox').fill('暂无 30 亩净地')
  await dialog.getByRole('button', { name: p.t('leads.refuse'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}

let keys = 0
const key = () => ({ 'Idempotency-Key': `story-${keys++}` })

async function intoThePool(p, path) {
  await p.go(path)
  await p.button('leads.hand_off').click()
  const dialog = p.page.getByRole('dialog', { name: p.t('leads.hand_off') })
  await dialog.getByText(p.t('protocol.kind_referral'), { exact: true }).click()
  await dialog.getByLabel(p.t('leads.offer_reason')).fill('黄圃退回，提交统筹')
  await dialog.getByRole('button', { name: p.t('protocol.send_referral'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}

async function assign(p, path) {
  await p.go(path)
  await p.button('leads.hand_off').click()
  const dialog = p.page.getByRole('dialog', { name: p.t('leads.hand_off') })
  await dialog.getByText(p.t('protocol.kind_assignment'), { exact: true }).click()
  await dialog.getByRole('combobox').fill('cuiheng')
  await p.page.keyboard.press('Enter')
  await dialog.getByLabel(p.t('leads.offer_reason')).fill('光电布局在翠亨')
  await dialog.getByLabel(p.t('leads.offer_ask')).fill('一周内接洽')
  await dialog.getByRole('button', { name: p.t('protocol.send_assignment'), exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}

async function claim(person, client, { code, mark, o }) {
  const call = await client('iit')
  const made = await call('POST', '/leads', { title: `全程测试${mark}扩产项目`, investor_name: `全程测试${mark}实业控股有限公司`, source_channel: 'visit', duplicate: { choice: 'another', reason: '另一处选址' }, summary: '已会谈两次' }, key())
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const note = await call('POST', `/leads/${made.body.id}/notes`, { text: '三月九日会谈纪要' }, key())
  assert.ok(note.status < 300)
  const p = await person('iit', o)
  await p.go(`/disputes?new=1&reference=${code}`)
  const dialog = p.page.getByRole('dialog', { name: p.t('disputes.open') })
  await dialog.getByLabel(p.t('disputes.claim')).fill('由本单位负责')
  await dialog.getByLabel(p.t('disputes.reason'), { exact: false }).fill('先行会谈两次')
  await dialog.getByRole('combobox').fill(made.body.title.slice(0, 5))
  await p.page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: p.t('disputes.open_now'), exact: true }).click()
  await p.page.waitForURL(/\/disputes\/\d+$/)
  await p.button('disputes.escalate').click()
  await p.page.getByRole('dialog', { name: p.t('disputes.escalate') }).getByRole('button', { name: p.t('disputes.escalate'), exact: true }).click()
  await p.see(p.t('disputes.escalate_done'))
  await p.look(`story-2-dispute-${o.locale}`)
  return { ...made.body, dispute: new URL(p.page.url()).pathname }
}

async function rule(person, own, o) {
  const p = await person('bureau', o)
  await p.go(own.dispute)
  await p.button('disputes.rule').click()
  const dialog = p.page.getByRole('dialog', { name: p.t('disputes.rule') })
  await dialog.getByRole('combobox').first().fill('cuiheng')
  await p.page.keyboard.press('Enter')
  await dialog.getByLabel(p.t('disputes.rule_reason')).fill('以首报和统筹指派为准')
  await dialog.getByRole('button', { name: p.t('disputes.rule_now'), exact: true }).click()
  await p.see(p.t('disputes.ruled_done'))
  await p.look(`story-3-ruled-${o.locale}`)
}

async function mergeAndUndo(person, { own, id, path, o }) {
  const p = await person('bureau', o)
  await p.go(`/leads/${own.id}`)
  await p.button('common.more').click()
  await p.page.getByRole('menuitem', { name: p.t('merges.open') }).click()
  const dialog = p.page.getByRole('dialog', { name: p.t('merges.title') })
  await dialog.getByRole('searchbox').fill(own.title.slice(0, 5))
  await dialog.locator('.finder li button').first().click()
  await dialog.getByLabel(p.t('merges.reason')).fill('同一项目')
  await dialog.getByRole('button', { name: p.t('merges.now'), exact: true }).click()
  await p.page.waitForURL((u) => u.pathname === path)
  await p.see('三月九日会谈纪要')
  await p.look(`story-4-merged-${o.locale}`)
  await p.page.getByRole('button', { name: p.t('merges.undo'), exact: true }).click()
  await p.page.getByRole('dialog', { name: p.t('merges.undo_title') }).getByRole('button', { name: p.t('merges.undo'), exact: true }).click()
  await p.see(p.t('merges.undone'))
  await p.go(`/leads/${own.id}`)
  await p.see('三月九日会谈纪要')
  assert.ok(id)
}

async function custody(p, path, locale) {
  await p.go(path)
  await p.page.getByText(p.t('leads.show_table')).click()
  assert.equal(await p.page.locator('.custody .scroll rect.hold').count(), 3, 'group, pool and platform have held it')
  await p.look(`story-5-custody-${locale}`)
}
