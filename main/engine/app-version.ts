import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The version in our own package.json, looked for upwards from this module (sources and bundle lie at different depths). */
export function appVersion(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    try {
      const about: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      if (typeof about === 'object' && about !== null && 'name' in about && about.name === 'maskwright' && 'version' in about) return String(about.version)
    } catch {
      // no package.json here: go on upwards
    }
    if (dirname(folder) === folder) return 'unknown'
  }
}
