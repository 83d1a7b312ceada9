import assert from 'node:assert/strict'

export default function (journey) {
  for (const locale of ['zh-CN', 'en']) {
    journey(`a head pauses a clock with a reason, lets it go on, calls experts and reports progress (${locale})`, async ({ person }) => {
      const p = await person('wg-shenzhen-head', { locale })
      const id = await p.page.evaluate(async (title) => {
        const login = await fetch('/api/v1/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username: 'wg-shenzhen-head', password: 'Relay-baton-4100' }) })
        const { access_token } = await login.json()
        const made = await fetch('/api/v1/leads', { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${access_token}` }, body: JSON.stringify({ title, investor_name: `${title}公司`, source_channel: 'visit', summary: '生产基地' }) })
        return (await made.json()).id
      }, `时限示例 ${locale}`)
      await p.go(`/leads/${id}`)
      const cards = p.page.locator('.clocks .card')
      await cards.first().waitFor()
      assert.equal(await cards.count(), 3, 'an assessment, an answer and a report are owed')
      await p.look(`clocks-lead-${locale}`)

      await cards.first().getByRole('button', { name: p.t('clocks.pause') }).click()
      const dialog = p.page.getByRole('dialog')
      await dialog.getByRole('button', { name: p.t('clocks.pause'), exact: true }).click()
      await p.see(p.t('common.reason_needed'))
      await dialog.locator('textarea').fill('等待投资方资料')
      await p.look(`clocks-pause-${locale}`)
      await dialog.getByRole('button', { name: p.t('clocks.pause'), exact: true }).click()
      await p.see(p.t('clocks.paused_because', { reason: '等待投资方资料' }))
      await p.page.locator('.clocks').getByRole('button', { name: p.t('clocks.resume') }).click()
      await p.see(p.t('clocks.resume_done'))

      await p.page.locator('.clocks').getByRole('button', { name: p.t('clocks.experts') }).click()
      await dialog.locator('textarea').fill('需环评专家')
      await dialog.getByRole('button', { name: p.t('clocks.experts'), exact: true }).click()
      await p.page.locator('.clocks').getByText(p.t('clocks.with_experts'), { exact: true }).waitFor()

      await p.page.locator('.kinds input[value=feedback]').check()
      await p.page.locator('.box textarea').fill('已电话答复投资方')
      await p.page.locator('.box .btn.primary').click()
      await p.see(p.t('clocks.feedback_added'))
      await p.page.waitForFunction(() => document.querySelectorAll('.clocks .card').length === 2)
    })

    journey(`a system administrator enters a day off, takes it out again and imports the next year (${locale})`, async ({ person }) => {
      const p = await person('sysadmin', { locale })
      const year = new Date().getFullYear() + 2 + (locale === 'en' ? 1 : 0)
      await p.go(`/settings/calendar?year=${year}`)
      await p.see(p.t('calendar.unknown_text', { year }))
      await p.page.locator('button.day').nth(40).click()
      const dialog = p.page.getByRole('dialog')
      await dialog.getByLabel(p.t('calendar.name'), { exact: false }).first().fill('防汛停工')
      await dialog.getByLabel(p.t('rules.source'), { exact: false }).first().fill('市府通知')
      await p.look(`calendar-day-${locale}`)
      await p.page.keyboard.press('Enter')
      await p.page.locator('button.day.holiday, button.day.extra').first().click()
      await dialog.getByRole('button', { name: p.t('calendar.clear'), exact: true }).click()
      await p.see(p.t('calendar.unknown_text', { year }))

      await p.page.locator('.page-head .btn').click()
      await dialog.getByLabel(p.t('rules.source'), { exact: false }).first().fill('国办发明电')
      await dialog.locator('textarea').fill(`${year}-01-01 休 元旦\n元旦`)
      await dialog.getByRole('button', { name: p.t('calendar.import'), exact: true }).click()
      await p.see(p.t('calendar.bad_lines', { n: 2 }))
      await dialog.locator('textarea').fill(`${year}-01-01 休 元旦`)
      await dialog.getByRole('button', { name: p.t('calendar.import'), exact: true }).click()
      await p.page.locator('button.day.holiday').waitFor()
      await p.look(`calendar-year-${locale}`)
    })

    journey(`the bureau reads who is on time and opens the list behind a figure (${locale})`, async ({ person }) => {
      const p = await person('bureau-head', { locale })
      await p.go('/clocks')
      const figure = p.page.locator('.table .link').first()
      await figure.waitFor()
      const n = (await figure.innerText()).replace(/\D/g, '')
      await figure.click()
      await p.page.locator('.panel-head h2 .dim').filter({ hasText: n }).waitFor()
      await p.look(`clocks-rate-${locale}`)
    })
  }
}
