import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const CODES = [
  'system_admin', 'security_admin', 'auditor', 'bureau_head', 'bureau_officer', 'group_head', 'group_officer', 'department_head',
  'department_officer', 'town_head', 'town_officer', 'town_viewer',
]

// One search for all of them: the page has many files.
const NAMED = new RegExp(`['"\`](?:${CODES.join('|')})['"\`]`, 'g')

function sources(dir: string): string[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) return sources(path)
    return /\.(ts|vue|json)$/.test(name) && name !== 'schema.d.ts' ? [path] : []
  })
}

describe('the page', () => {
  it('never decides by a role: a button is shown because `can` or a permission says so', () => {
    const found = sources('src').filter((path) => !path.includes('/i18n/')).flatMap((path) => {
      return [...readFileSync(path, 'utf8').matchAll(NAMED)].map(([code]) => `${path}: ${code}`)
    })
    expect(found).toEqual([])
  })

  it('has one file for the network', () => {
    const found = sources('src').filter((path) => !path.endsWith('client.ts') && /\bfetch\(|XMLHttpRequest/.test(readFileSync(path, 'utf8')))
    expect(found).toEqual([])
  })

  it('has the same texts in both languages', () => {
    const keys = (v: unknown, at = ''): string[] =>
      v !== null && typeof v === 'object' ? Object.entries(v).flatMap(([k, one]) => keys(one, `${at}.${k}`)) : [at]
    for (const name of readdirSync('src/i18n/zh')) {
      const read = (lang: string) => keys(JSON.parse(readFileSync(join('src/i18n', lang, name), 'utf8'))).sort()
      expect(read('en'), name).toEqual(read('zh'))
    }
  })

  it('keeps components small enough to read', () => {
    const long = sources('src').filter((path) => path.endsWith('.vue') && readFileSync(path, 'utf8').split('\n').length > 300)
    expect(long).toEqual([])
  })
})
