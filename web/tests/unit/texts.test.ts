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
  const missing = sources('src').flatMap((path) => {
    const body = readFileSync(path, 'utf8')
    const spoken = [...body.matchAll(/\bt\(([^)]*)\)|\b(?:title|label): ('[a-z_.]+')/g)].map((m) => m[1] ?? m[2] ?? '').join(' ')
    return [...spoken.matchAll(/['"]([a-z]+)\.([a-zA-Z0-9_.]+)['"]/g)]
      .filter(([, area, key]) => key!.split('.').reduce<unknown>((o, k) => (o as Record<string, unknown> | undefined)?.[k], texts[area!]) === undefined)
      .map(([, area, key]) => `${area}.${key} in ${path}`)
  })
  expect([...new Set(missing)]).toEqual([])
})

it('names every kind of object that the policy speaks of', () => {
  const objects = new Set([...readFileSync('../rbac/policy.csv', 'utf8').matchAll(/^p, *\w+, *([a-z_]+),/gm)].map((m) => m[1]!))
  for (const lang of ['zh', 'en']) {
    const matrix = JSON.parse(readFileSync(`src/i18n/${lang}/matrix.json`, 'utf8')) as Record<string, string>
    expect([...objects].filter((o) => !matrix[`object_${o}`])).toEqual([])
  }
  expect(objects.size).toBeGreaterThan(15)
})
