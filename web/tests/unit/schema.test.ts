import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

it('has types of the server as it is: run npm run generate when this fails', () => {
  const fresh = execFileSync(process.execPath, ['node_modules/openapi-typescript/bin/cli.js', '../docs/api/openapi.json'], { encoding: 'utf8' })
  expect(readFileSync('src/api/schema.d.ts', 'utf8').trim()).toBe(fresh.trim())
}, 60_000)
