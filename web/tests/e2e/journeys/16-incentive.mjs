import assert from 'node:assert/strict'

const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)

export default function (journey) {
  for (const [locale, dark, width, height] of [['zh-CN', false, 1366, 768], ['en', true, 360, 740]]) {
    journey(`an incentive measured by tax is warned about on the panel and in the fair-competition dialog (${locale})`, async ({ person, client }) => {
      const call = await client('xiaolan')
      const title = `优惠样例${locale === 'en' ? 'EN' : ''}项目`
      const made = await call('POST', '/leads', { title, investor_name: `${title}投资有限公司`, source_channel: 'visit', summary: '生产基地', planned_cents: 90_000_000_00 })
      assert.equal(made.status, 201)
      const lead = made.body.id
      const form = new FormData()
      form.append('file', new Blob(['%PDF-1.4\n%%EOF\n'], { type: 'application/pdf' }), 'opinion.pdf')
      const opinion = await call('POST', `/leads/${lead}/files?kind=fair_competition`, form)
      assert.ok(opinion.status < 300, JSON.stringify(opinion.body))
      const review = { conclusion: 'failed', reviewer: '市市场监督管理局', reviewed_on: today(), file_id: opinion.body.id }
      assert.ok((await call('POST', `/leads/${lead}/fair-reviews`, review)).status < 300)
      const p = await person('xiaolan', { locale, dark, width, height })
      await p.go(`/leads/${lead}`)
      const panel = p.page.locator('#incentives')
      await panel.getByRole('button', { name: p.t('incentive.add'), exact: true }).click()
      const dialog = p.page.getByRole('dialog', { name: p.t('incentive.add') })
      await dialog.getByLabel(p.t('incentive.kind')).selectOption('fiscal_reward')
      await dialog.getByLabel(p.t('incentive.what')).fill('投产后三年按纳税额奖励')
      await p.look(`incentive-dialog-${locale}`)
      await dialog.getByRole('button', { name: p.t('dossier.save'), exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
      const article = locale === 'en' ? /art\. 10/ : /第十条/
      await panel.getByText(article).waitFor()
      await panel.getByText(p.t('incentive.words', { words: '按纳税额' })).waitFor()
      await p.look(`incentive-panel-${locale}`)
      await p.button('fair.again').click()
      const fair = p.page.getByRole('dialog', { name: p.t('fair.title') })
      await fair.getByText(p.t('incentive.needs')).waitFor()
      await fair.getByText('投产后三年按纳税额奖励').waitFor()
      await fair.getByText(article).waitFor()
      await p.look(`incentive-fair-${locale}`)
    })
  }
}
