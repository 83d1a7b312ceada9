import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

function sources(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) return sources(path)
    return /\.(ts|vue)$/.test(name) && !name.endsWith('.test.ts') ? [path] : []
  })
}

it('has a text for every key the page uses', () => {
  const texts: Record<string, Record<string, unknown>> = {}
  for (const name of readdirSync('src/i18n/zh')) texts[name.replace('.json', '')] = JSON.parse(readFileSync(join('src/i18n/zh', name), 'utf8'))
  const missing = sources('src').flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/['"]([a-z][a-zA-Z_]*)\.([a-z][a-zA-Z0-9_]*)['"]/g)]
      .filter(([, area, key]) => texts[area!] && texts[area!]![key!] === undefined && /\bt\(|title:|label:|\?/.test(readFileSync(path, 'utf8')))
      .map(([, area, key]) => `${area}.${key} in ${path}`),
  )
  expect([...new Set(missing)].filter((m) => !/^(lead|contact|handoff|note|file|unit|user|role|audit)\./.test(m))).toEqual([])
})
