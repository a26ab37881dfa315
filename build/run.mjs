// Runs a TypeScript entry of this repository on the Node that the repository pins: Node 24 strips types itself, so
// sources run without a build step.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { inRoot, ownEnvironment, pinnedNode } from './places.mjs'

const [entry, ...rest] = process.argv.slice(2)
if (!existsSync(inRoot('node_modules'))) {
  process.stderr.write('maskwright: dependencies are not installed; run `npm ci` (or `npm start`, which does it) first\n')
  process.exit(1)
}
const child = spawn(pinnedNode(), ['--disable-warning=ExperimentalWarning', inRoot(entry), ...rest], { stdio: 'inherit', env: ownEnvironment() })
// a terminal's Ctrl+C reaches the child by itself; only what was sent to us alone has to be passed on
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => { if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal) })
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
