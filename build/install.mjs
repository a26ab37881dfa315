// Installs the dependencies when they are missing or older than the lock file. Runs on any Node from 20 on, with nothing installed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { ROOT, inRoot } from './places.mjs'

const STAMP = inRoot('node_modules/.maskwright-lock')
/** `npm install` writes both lock files in one go; which is last differs */
const SAME_INSTALL_MS = 10_000

const lockHash = () => createHash('sha256').update(readFileSync(inRoot('package-lock.json'))).update(readFileSync(inRoot('build/node/package.json'))).digest('hex')

function installed() {
  const inner = statSync(inRoot('node_modules/.package-lock.json'), { throwIfNoEntry: false })
  if (inner === undefined) return false
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockHash()) return true
  return inner.mtimeMs + SAME_INSTALL_MS >= statSync(inRoot('package-lock.json')).mtimeMs
}

/** Throws with the way out when npm fails. npm talks on stderr only: standard output belongs to the caller. */
export function ensureInstalled() {
  if (installed()) return
  process.stderr.write('maskwright: installing dependencies (npm ci) …\n')
  const npm = process.env.npm_execpath
  const viaNode = npm !== undefined && /\.[cm]?js$/.test(npm)
  const result = spawnSync(viaNode ? process.execPath : 'npm', [...(viaNode ? [npm] : []), 'ci', '--loglevel=error'], {
    cwd: ROOT, stdio: ['ignore', 2, 2], shell: !viaNode && process.platform === 'win32',
    // an outer `npm start --omit=dev` or NODE_ENV=production would leave out the bundler
    env: { ...process.env, NODE_ENV: 'development', npm_config_omit: '' },
  })
  if (result.status !== 0) throw new Error(`npm ci failed (${result.error?.message ?? `exit code ${result.status}`}); its own message is above`)
  writeFileSync(STAMP, lockHash())
}
