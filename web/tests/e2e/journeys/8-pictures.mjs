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
    for (const [name, path, p] of shots) {
      await p.go(path)
      await p.page.waitForTimeout(400)
      await p.page.screenshot({ path: join(folder, `${name}.png`) })
    }
  })
}
