// npm run e2e [-- parts of journeys' names, with | between]: walks every journey in Chromium
// against the real program, two files of journeys at a time, each in a world of its own. Exit code
// 1 when one fails.
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { client, hire, launch } from './browser.mjs'
import { buildProgram, startProgram } from './program.mjs'

const folder = join(dirname(fileURLToPath(import.meta.url)), 'journeys')
const only = process.argv[2] ?? ''
const chosen = (name) => only.split('|').some((part) => name.includes(part))

// Files of journeys; those of one file go one after the other in one world.
const files = []
for (const file of readdirSync(folder).filter((f) => f.endsWith('.mjs')).sort()) {
  const { default: add, long = false } = await import(join(folder, file))
  const journeys = []
  add((name, walk) => journeys.push({ name: `${file.replace('.mjs', '')}: ${name}`, walk }))
  const wanted = journeys.filter((j) => chosen(j.name))
  if (wanted.length) files.push({ long, journeys: wanted })
}
files.sort((a, b) => Number(b.long) - Number(a.long))

const browser = await launch()
let failed = 0

async function run({ name, walk }, base) {
  const { person, people } = hire(browser, { base })
  const begun = Date.now()
  let problems = []
  try {
    await walk({ person, base, client: (who) => client(base, who) })
  } catch (e) {
    problems.push(String(e.stack ?? e).replace(/Browser logs:[\s\S]*?Call log:/, 'Call log:'))
    await Promise.all(people.map((p, i) => p.page.screenshot({ path: join(folder, '../../screenshots', `failed-${i}.png`) }).catch(() => null)))
  }
  problems = [...problems, ...people.flatMap((p) => p.problems)]
  await Promise.all(people.map((p) => p.leave().catch(() => null)))
  if (problems.length) failed++
  process.stdout.write(`${problems.length ? 'FAIL' : 'ok  '} ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)\n${problems.map((p) => `     ${p}\n`).join('')}`)
}

// A lane takes the next file as long as there is one, in a world of its own.
async function lane() {
  const program = await startProgram(built.path)
  try {
    for (let file = files.shift(); file; file = files.shift()) {
      for (const journey of file.journeys) await run(journey, program.base)
    }
  } finally {
    await program.stop()
  }
}

const built = buildProgram()
try {
  await Promise.all(Array.from({ length: Math.min(2, files.length) }, lane))
} finally {
  await browser.close()
  built.remove()
}
process.exitCode = failed ? 1 : 0
