// Brings a lead to the door of the signing through the interface, as the people of a town and of the
// bureau would: every gate's list is read, and what is missing is put there.
import assert from 'node:assert/strict'

const today = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
const FIELDS = { track: 'premises', planned_cents: 160_000_000_00, fixed_assets_cents: 90_000_000_00, output_cents: 300_000_000_00, tax_cents: 12_000_000_00, floor_sqm: 12000, binding: true }

function paper(name) {
  const form = new FormData()
  form.append('file', new Blob(['%PDF-1.4\n%%EOF\n'], { type: 'application/pdf' }), `${name}.pdf`)
  return form
}

async function done(answer, what) {
  const a = await answer
  assert.ok(a.status < 300, `${what}: ${a.status} ${JSON.stringify(a.body)}`)
  return a.body
}

/** What the gate of a stage asks for, by kind. */
function meet({ holder, bureau, department }, lead, place) {
  const file = (kind) => done(holder('POST', `/leads/${lead}/files?kind=${kind}`, paper(kind)), kind)
  return {
    file,
    field: async (name) => {
      const { version } = await done(holder('GET', `/leads/${lead}`), 'read')
      const change = name === 'location_code' ? { location_code: place } : name === 'site_need' ? { floor_sqm: FIELDS.floor_sqm } : { [name]: FIELDS[name] }
      await done(holder('PATCH', `/leads/${lead}`, change, { 'If-Match': `"${version}"` }), name)
    },
    review: async () => {
      const r = await done(holder('POST', '/admission-reviews', { lead_id: lead, text: '请予评审' }), 'ask for the review')
      const { units } = await done(bureau('GET', '/meta'), 'units')
      await done(bureau('POST', `/admission-reviews/${r.id}/opinions`, { unit_ids: [units.find((u) => u.slug === 'iit').id], due_on: today() }), 'ask for opinions')
      await done(department('POST', `/admission-reviews/${r.id}/opinion`, { word: 'agree' }), 'opinion')
      const minutes = await done(bureau('POST', `/admission-reviews/${r.id}/minutes`, paper('minutes')), 'minutes')
      await done(bureau('POST', `/admission-reviews/${r.id}/decide`, { result: 'passed', number: '准入〔2026〕1号', decided_on: today(), minutes_file_id: minutes.id }), 'decide')
    },
    fair_competition: async () => {
      const opinion = await file('fair_competition')
      await done(holder('POST', `/leads/${lead}/fair-reviews`, { conclusion: 'passed', reviewer: '市市场监督管理局', reviewed_on: today(), file_id: opinion.id }), 'fair competition')
    },
  }
}

/** Moves a lead of the holder up to the stage before signing and fills in what the signing asks for, but for the kinds that are left. */
export async function toTheStage({ holder, head, bureau, department }, lead, place, left = ['confirmation'], until = 'signed') {
  const by = meet({ holder, bureau, department }, lead, place)
  for (const to of ['qualified', 'negotiating', 'review', 'to_sign', 'signed']) {
    const { items } = await done(head('GET', `/leads/${lead}/gate?to=${to}`), `the gate of ${to}`)
    for (const i of items.filter((one) => !one.met && !left.includes(one.kind))) {
      assert.ok(by[i.kind], `nobody knows how to meet ${i.kind} ${i.name}`)
      await by[i.kind](i.name)
    }
    if (to === 'signed') return
    const { version } = await done(head('GET', `/leads/${lead}`), 'read')
    await done(head('POST', `/leads/${lead}/stage`, { to, reason: '按计划推进' }, { 'If-Match': `"${version}"` }), `move to ${to}`)
    if (to === until) return
  }
}
