// npm run e2e [-- parts of journeys' names, with | between]: walks every journey in Chromium
// against the real program. Exit code 1 when one fails.
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { client, hire, launch } from './browser.mjs'
import { startProgram } from './program.mjs'

const folder = join(dirname(fileURLToPath(import.meta.url)), 'journeys')
const only = process.argv[2] ?? ''
const journeys = []
for (const file of readdirSync(folder).filter((f) => f.endsWith('.mjs')).sort()) {
  const { default: add, readOnly = false } = await import(join(folder, file))
  add((name, walk) => journeys.push({ name: `${file.replace('.mjs', '')}: ${name}`, walk, readOnly }))
}

const program = await startProgram()
const browser = await launch()
let failed = 0

async function run(lane) {
  for (const { name, walk } of lane) {
    const { person, people } = hire(browser, { base: program.base })
    const begun = Date.now()
    let problems = []
    try {
      await walk({ person, base: program.base, client: (who) => client(program.base, who) })
    } catch (e) {
      problems.push(String(e.stack ?? e).replace(/Browser logs:[\s\S]*?Call log:/, 'Call log:'))
      await Promise.all(people.map((p, i) => p.page.screenshot({ path: join(folder, '../../screenshots', `failed-${i}.png`) }).catch(() => null)))
    }
    problems = [...problems, ...people.flatMap((p) => p.problems)]
    await Promise.all(people.map((p) => p.leave().catch(() => null)))
    if (problems.length) failed++
    process.stdout.write(`${problems.length ? 'FAIL' : 'ok  '} ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)\n${problems.map((p) => `     ${p}\n`).join('')}`)
  }
}

const chosen = journeys.filter((j) => only.split('|').some((part) => j.name.includes(part)))
try {
  // What changes the world goes one after the other, what only looks beside it.
  await Promise.all([run(chosen.filter((j) => !j.readOnly)), run(chosen.filter((j) => j.readOnly))])
} finally {
  await browser.close()
  await program.stop()
}
process.exitCode = failed ? 1 : 0
