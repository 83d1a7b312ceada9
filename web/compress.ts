import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Writes .br and .gz beside what is worth it, so that the program never compresses while it serves. */
export function compress(): Plugin {
  return {
    name: 'compress-dist',
    apply: 'build',
    writeBundle(options) {
      if (options.dir) walk(options.dir)
    },
  }
}

function walk(dir: string): void {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name)
    if (statSync(path).isDirectory()) walk(path)
    else if (/\.(js|css|svg)$/.test(name) && statSync(path).size > 1024) twin(path)
  }
}

function twin(path: string): void {
  const body = readFileSync(path)
  writeFileSync(`${path}.br`, brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
  writeFileSync(`${path}.gz`, gzipSync(body, { level: 9 }))
}
