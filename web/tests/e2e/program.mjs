// Starts the real program on a fresh demo world and stops it again.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const web = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const root = resolve(web, '..')

function freePort() {
  return new Promise((done, fail) => {
    const s = createServer().once('error', fail)
    s.listen(0, '127.0.0.1', () => {
      const { port } = s.address()
      s.close(() => done(port))
    })
  })
}

// The program to walk through: E2E_PROGRAM names a built one; otherwise page and program are built.
export function buildProgram() {
  if (process.env.E2E_PROGRAM) return { path: resolve(process.env.E2E_PROGRAM), remove: () => {} }
  if (!existsSync(join(web, 'dist/index.html'))) execFileSync('npm', ['run', 'build'], { cwd: web, stdio: 'inherit' })
  const folder = mkdtempSync(join(tmpdir(), 'leadrelay-e2e-program-'))
  const path = join(folder, 'leadrelay')
  execFileSync('go', ['build', '-tags', 'nomsgpack', '-o', path, './cmd/leadrelay'], { cwd: root, stdio: 'inherit', env: { ...process.env, CGO_ENABLED: '0' } })
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export async function startProgram(path) {
  const folder = mkdtempSync(join(tmpdir(), 'leadrelay-e2e-'))
  const listen = `127.0.0.1:${await freePort()}`
  const child = spawn(path, ['demo', '--dir', join(folder, 'world'), '--listen', listen], { stdio: ['ignore', 'pipe', 'pipe'], env: ownEnvironment() })
  let log = ''
  child.stdout.on('data', (d) => (log += d))
  child.stderr.on('data', (d) => (log += d))
  const base = `http://${listen}`
  const stop = async () => {
    child.kill('SIGTERM')
    await new Promise((done) => (child.exitCode === null ? child.once('exit', done) : done()))
    rmSync(folder, { recursive: true, force: true })
  }
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) throw new Error(`the program ended: ${log}`)
    const ok = await fetch(`${base}/readyz`).then((r) => r.ok, () => false)
    if (ok) return { base, stop, log: () => log }
    await new Promise((r) => setTimeout(r, 200))
  }
  await stop()
  throw new Error(`the program did not get ready: ${log}`)
}

// Settings of the person who runs the tests must not reach the program.
function ownEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('LEADRELAY_')))
}
