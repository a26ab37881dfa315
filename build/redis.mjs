// The Redis server of the queue's tests: one that is there, or Debian's, installed by apt where we may.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['redis-server', 'valkey-server']

function server() {
  const asked = process.env.REDIS_SERVER_PATH
  if (asked !== undefined && asked !== '') {
    if (!existsSync(asked)) throw new Error(`REDIS_SERVER_PATH=${asked}: there is no such file`)
    return asked
  }
  const paths = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return NAMES.flatMap((name) => paths.map((folder) => join(folder, name))).find((path) => existsSync(path))
}

/** Path of a Redis or Valkey server. Throws with the way out when there is none and none can be installed. */
export function ensureRedis() {
  const found = server()
  if (found !== undefined) return found
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write('maskwright: installing redis-server for the tests of the queue (apt-get) …\n')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 2, 2], env })
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'], { stdio: ['ignore', 2, 2], env })
    const installed = server()
    if (installed !== undefined) return installed
  }
  throw new Error('the tests of the queue need a Redis or Valkey server, and none was found: install one (on Debian `apt-get install redis-server` as root), or set REDIS_SERVER_PATH to its program')
}
