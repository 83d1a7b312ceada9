import assert from 'node:assert/strict'
import { toTheStage } from '../gates.mjs'

const PROJECTS = 30
const thisMonth = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7)

const lastMonth = () => {
  const [y, m] = thisMonth().split('-').map(Number)
  return new Date(Date.UTC(y, m - 2, 1)).toISOString().slice(0, 7)
}

/** Gives a unit so many projects that owe a report, each with what it reported last month. */
async function fill(call, bureau, until, word) {
  const { body: grid } = await call('GET', `/updates/${thisMonth()}`)
  const rows = []
  for (let n = grid.rows.length; n < until; n++) {
    const title = `更新样例${word}${n}号项目`
    const { status, body } = await call('POST', '/leads', { title, investor_name: `${title}投资有限公司`, source_channel: 'visit', summary: '生产基地', planned_cents: 120_000_000_00, track: 'premises' })
    assert.equal(status, 201)
    await toTheStage({ holder: call, head: call, bureau: call, department: call }, body.id, '442000118', ['confirmation'], 'negotiating')
    rows.push({ lead_id: body.id, cells: [{ field: 'progress', version: 0, words: '首轮洽谈' }] })
  }
  await bureau('POST', `/updates/${lastMonth()}/unlock`, { unit_id: grid.unit_id, reason: '补录' })
  assert.equal((await call('PUT', `/updates/${lastMonth()}`, { rows })).status, 200)
}

export const long = true

export default function (journey) {
  for (const [locale, who, until] of [['zh-CN', 'xiaolan', PROJECTS], ['en', 'huangpu', 10]]) {
    journey(`a unit's month is filled in by keyboard, over a broken line (${locale})`, async ({ person, client }) => {
      const call = await client(who)
      await fill(call, await client('bureau'), until, locale === 'en' ? 'EN' : '')
      const p = await person(who, { locale })
      await p.go('/updates')
      const rows = p.page.locator('.grid tbody tr')
      await rows.first().waitFor()
      const count = await rows.count()
      assert.ok(count >= until, `${count} projects`)
      const box = await rows.nth(9).boundingBox()
      assert.ok(box && box.y + box.height <= 768, 'ten projects fit on an office screen')

      let keys = 0
      const press = async (key) => { keys++; await p.page.keyboard.press(key) }
      const type = async (text) => { for (const c of text) { keys++; await p.page.keyboard.type(c) } }
      await rows.first().locator('td input').first().focus()
      // The line breaks in the middle; what is typed meanwhile waits in the browser.
      p.expected.push(/ERR_INTERNET_DISCONNECTED|Failed to load resource/)
      for (let r = 0; r < count; r++) {
        if (r === Math.floor(count / 2)) await p.page.context().setOffline(true)
        await type('800w')
        await press('Tab')
        await type('90w')
        await press('Tab')
        await press('=')
      }
      process.stdout.write(`     ${count} projects, ${keys} keystrokes, ${(keys / count).toFixed(1)} a project (${locale})\n`)
      assert.ok(keys / count <= 12, `${keys} keystrokes for ${count} projects`)
      const known = await p.page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('lr.updates.')).map((k) => Object.keys(JSON.parse(localStorage.getItem(k))).length))
      assert.ok(known[0] > 0, 'what was typed without a line is kept in the browser')
      // A reload without a line shows nothing, and loses nothing.
      await p.page.reload().catch(() => null)
      await p.page.context().setOffline(false)
      await p.go('/updates')
      await p.page.getByText(p.t('updates.all_saved')).waitFor({ timeout: 30_000 })
      p.problems = p.problems.filter((one) => !/localStorage/.test(one)) // of the browser's own page for a line that is away
      const { body: grid } = await call('GET', `/updates/${thisMonth()}`)
      const wrong = grid.rows.filter((r) => r.cells[0].number !== 800_000_000 || r.cells[1].number !== 90_000_000)
      assert.deepEqual(wrong.map((r) => r.title), [], 'every amount arrived')
      assert.equal(grid.done, grid.total, 'every project is complete')

      // Somebody else changes a cell; both values are shown, and one is chosen.
      const row = grid.rows[0]
      await p.page.context().setOffline(true)
      const cell = rows.first().locator('td input').first()
      await cell.fill('7亿')
      await cell.press('Tab')
      const jobs = row.cells.find((c) => c.field === 'paid_in')
      assert.equal((await call('PUT', `/updates/${thisMonth()}`, { rows: [{ lead_id: row.lead_id, cells: [{ field: 'paid_in', version: jobs.version, number: 600_000_000 }] }] })).status, 200)
      p.expected.push(/409/)
      await p.page.context().setOffline(false)
      const dialog = p.page.getByRole('dialog')
      await dialog.waitFor({ timeout: 30_000 })
      await p.look(`updates-clash-${locale}`)
      await dialog.getByRole('button', { name: new RegExp(p.t('updates.mine')) }).click()
      await p.page.getByText(p.t('updates.all_saved')).waitFor({ timeout: 30_000 })
      await p.look(`updates-grid-${locale}`)
      await cell.focus()
      await p.page.keyboard.press('Control+Enter')
      await p.page.getByText(p.t('updates.submitted')).waitFor()
      const { body: filed } = await call('GET', `/updates/${thisMonth()}`)
      assert.equal(filed.rows[0].cells[0].number, 70_000_000_000)
      assert.ok(filed.rows.every((r) => r.filed_at), 'every row is filed')
    })
  }
}
