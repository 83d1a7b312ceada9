import assert from 'node:assert/strict'
import { toTheStage } from '../gates.mjs'

const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)

export default function (journey) {
  for (const locale of ['zh-CN', 'en']) {
    journey(`the last gate before signing: the conclusion is recorded, the bureau confirms, the project signs (${locale})`, async ({ person, client }) => {
      const [holder, head, bureau, department] = [await client('huangpu'), await client('huangpu-head'), await client('bureau-head'), await client('iit')]
      const title = `过闸样例${locale === 'en' ? 'EN' : ''}项目`
      const { locations } = (await holder('GET', '/meta')).body
      const made = await holder('POST', '/leads', { title, investor_name: `${title}投资有限公司`, source_channel: 'visit', summary: '生产基地' })
      await toTheStage({ holder, head, bureau, department }, made.body.id, locations.find((l) => l.zh.includes('黄圃')).code, ['confirmation', 'fair_competition'])
      const p = await person('huangpu-head', { locale })
      await p.go(`/leads/${made.body.id}`)
      // What is missing stands beside the fields.
      await p.page.getByText(p.t('leads.for_next', { stage: p.t('signing.figure.signed') })).first().waitFor().catch(() => null)
      await p.page.getByRole('button', { name: p.t('leads.change_stage'), exact: true }).first().click()
      const move = p.page.getByRole('dialog').first()
      await move.getByText(p.t('gate.still', { n: 2 })).waitFor()
      await move.getByRole('button', { name: new RegExp(`^${p.t('fair.fill')}`) }).click()
      const fair = p.page.getByRole('dialog', { name: p.t('fair.title') })
      await fair.getByLabel(p.t('fair.reviewer')).fill(locale === 'en' ? 'Market Regulation Bureau' : '市市场监督管理局')
      await fair.getByLabel(p.t('fair.file')).setInputFiles({ name: 'opinion.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF\n') })
      await p.look(`gate-fair-${locale}`)
      await fair.getByRole('button', { name: p.t('fair.save'), exact: true }).click()
      await fair.waitFor({ state: 'detached' })
      await move.getByText(p.t('gate.still', { n: 1 })).waitFor()
      await move.getByRole('button', { name: p.t('gate.ask'), exact: true }).click()
      await move.getByText(p.t('gate.asked'), { exact: true }).waitFor()
      await p.look(`gate-asked-${locale}`)
      // The bureau answers from its workbench.
      const q = await person('bureau-head', { locale })
      await q.go('/')
      const asked = q.page.locator('#asked li', { hasText: title })
      await asked.getByRole('button', { name: new RegExp(`^${q.t('gate.yes')}`) }).click()
      await q.page.getByRole('dialog').getByRole('button', { name: q.t('gate.yes'), exact: true }).click()
      await asked.waitFor({ state: 'detached' })
      // Nothing is missing now.
      await p.go(`/leads/${made.body.id}`)
      await p.page.getByRole('button', { name: p.t('leads.change_stage'), exact: true }).first().click()
      await move.getByText(p.t('gate.all_met')).waitFor()
      await move.getByRole('button', { name: p.t('leads.change_stage'), exact: true }).click()
      await move.waitFor({ state: 'detached' })
      assert.equal((await holder('GET', `/leads/${made.body.id}`)).body.stage, 'signed')
    })

    journey(`an administrator copies the life cycle, changes a limit, compares, and ${locale === 'en' ? 'gives it up' : 'puts it in force'} (${locale})`, async ({ person, client }) => {
      const p = await person('sysadmin', { locale })
      await p.go('/settings/lifecycle')
      await p.button('lifecycle.copy').click()
      await p.page.getByRole('dialog').getByRole('textbox').fill(locale === 'en' ? 'Twenty days for a qualified lead' : '有效线索时限改为二十日')
      await p.page.getByRole('dialog').getByRole('button', { name: p.t('lifecycle.copy'), exact: true }).click()
      const limit = p.page.getByLabel(new RegExp(p.t('lifecycle.limit_days').replace(/[()]/g, '.'))).nth(1)
      await limit.waitFor()
      await limit.fill(locale === 'en' ? '21' : '20')
      await p.button('lifecycle.save').click()
      await p.page.getByText(p.t('lifecycle.saved')).first().waitFor()
      await p.settled()
      await p.page.getByLabel(p.t('lifecycle.compare')).selectOption({ index: 1 })
      await p.page.getByRole('heading', { name: p.t('lifecycle.differences') }).waitFor()
      await p.look(`lifecycle-draft-${locale}`)
      if (locale === 'en') { // one version a day can begin; this one is given up
        await p.button('lifecycle.retire').click()
        await p.page.locator('.el-popconfirm').getByRole('button', { name: p.t('lifecycle.retire'), exact: true }).click()
        await p.page.locator('.pick', { hasText: p.t('lifecycle.state_retired') }).waitFor()
        return
      }
      await p.button('lifecycle.put_in_force').click()
      await p.page.locator('.pick[aria-pressed="true"]', { hasText: p.t('lifecycle.rules') }).waitFor()
      const all = (await (await client('sysadmin'))('GET', '/settings/lifecycles')).body
      assert.equal((all.items ?? all).find((c) => c.rules).from_on, today())
    })
  }
}
