// Vite wants a newer Node than the one that may be preinstalled: bundling runs on the pinned one.
import { spawnSync } from 'node:child_process'
import { ROOT, inRoot, ownEnvironment, pinnedNode } from './places.mjs'

function bundle(what) {
  const result = spawnSync(pinnedNode(), [inRoot('build/bundle.mjs'), what, '--when-needed'], { cwd: ROOT, stdio: ['ignore', 2, 2], env: ownEnvironment() })
  if (result.status !== 0) throw new Error(`bundling the ${what} failed; the bundler's message is above`)
}
export const bundlePageWhenNeeded = () => bundle('page')
export const bundleDesktopWhenNeeded = () => bundle('desktop')
