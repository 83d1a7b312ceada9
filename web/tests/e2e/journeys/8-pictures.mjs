import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// The pictures of the README. They go to tests/screenshots, and into the
// documentation when LEADRELAY_PICTURES is set (npm run pictures).
const folder = join(dirname(fileURLToPath(import.meta.url)), process.env.LEADRELAY_PICTURES ? '../../../../docs/pictures' : '../../screenshots')

/** The lead that was handed on most often. */
async function relayed(ask) {
  const { body } = await ask('GET', '/leads?limit=100')
  let best = { id: 0, holders: 0 }
  for (const { id } of body.items) {
    const custody = await ask('GET', `/leads/${id}/custody`)
    const holders = custody.body.items.length + custody.body.branches.length / 10
    if (holders > best.holders) best = { id, holders }
  }
  return best
}

export default function (journey) {
  journey('a lead, the list, the workbench and the pipeline for the README', async ({ person, client }) => {
    const lead = await relayed(await client('bureau'))
    assert.ok(lead.holders >= 3, 'some lead was handed on twice')
    const bureau = await person('bureau', { height: 900 })
    const shots = [['lead', `/leads/${lead.id}`, bureau], ['leads', '/leads', bureau]]
    shots.push(['workbench', '/workbench', await person('huangpu', { height: 900 })], ['pipeline', '/boards', await person('leader', { height: 900 })])
    const leader = await person('leader', { height: 1150 })
    shots.push(['cockpit', '/cockpit', leader], ['signing', '/signing', leader])
    for (const [name, path, p] of shots) {
      await p.go(path)
      await p.page.waitForTimeout(400)
      await p.page.screenshot({ path: join(folder, `${name}.png`) })
    }
  })

  journey('a first report, an offer and the time limits for the README', async ({ person, client }) => {
    const { body } = await (await client('huangpu'))('GET', '/leads?part=owner&protection=active&limit=1')
    const group = await person('wg-shenzhen')
    await group.go('/leads/new')
    await group.page.keyboard.type(body.items[0].investor_name)
    await group.see(group.t('leads.dup_text'))
    await group.page.waitForTimeout(400)
    await group.page.screenshot({ path: join(folder, 'register.png') })
    const town = await person('huangpu')
    await town.go('/handoffs')
    await town.page.locator('table .name').first().click()
    await town.page.getByRole('dialog').waitFor()
    await town.page.waitForTimeout(600)
    await town.page.screenshot({ path: join(folder, 'handoff.png') })
    const head = await person('bureau-head')
    await head.go('/clocks')
    await head.page.waitForTimeout(400)
    await head.page.screenshot({ path: join(folder, 'clocks.png') })
  })
}
