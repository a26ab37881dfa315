// `npm start`: installs and bundles what is missing, then opens the desktop app where there is an Electron binary and a
// display, else serves the same page on 127.0.0.1. Its own words go to stderr; the URL is the last line on stdout.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { electronBinary, hasDisplay } from './electron-binary.mjs'
import { ensureInstalled } from './install.mjs'
import { ROOT, inRoot, ownEnvironment, pinnedNode } from './places.mjs'
import { projectArguments } from './start-project.mjs'

const HELP = `npm start -- [options]
  --project FILE   open (or create) this project
  --images DIR     add this folder of pictures to it
  --serve          serve the page on 127.0.0.1 even where the desktop app could run
  --port N         port to serve on (0: any free one)
  --root DIR       a folder that may be browsed from the served page; may be repeated (default: your home and this folder)
  --no-open        do not open a browser
Without --project and --images: the project “Sample scenes” of 24 drawn scenes, pre-labelled by the demo pack.
`

const fail = (message) => {
  process.stderr.write(`maskwright: ${message}\n`)
  process.exit(1)
}
const say = (message) => process.stderr.write(`maskwright: ${message}\n`)

function options() {
  try {
    const { values } = parseArgs({
      options: { project: { type: 'string' }, images: { type: 'string' }, port: { type: 'string' }, serve: { type: 'boolean' }, root: { type: 'string', multiple: true }, 'no-open': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    })
    if (values.port !== undefined && !(/^\d{1,5}$/.test(values.port) && Number(values.port) < 65536)) fail(`--port ${values.port}: a port is a number from 0 to 65535`)
    if (values.images !== undefined && !existsSync(values.images)) fail(`--images ${values.images}: there is no such folder`)
    return values
  } catch (error) {
    return fail(`${error.message}\n\n${HELP}`)
  }
}

const SAME_WISH_MS = 1000

/**
 * Runs a program until it ends. It gets a process group of its own, so that Ctrl+C reaches it exactly once, through us;
 * ending it that way is success.
 */
function runToTheEnd(program, args) {
  const ownGroup = process.platform !== 'win32'
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: ownEnvironment(), detached: ownGroup })
  let askedAt = 0
  const end = (signal) => {
    // npm passes on what the terminal has sent us already: the same wish, not a second one
    if (askedAt !== 0 && Date.now() - askedAt < SAME_WISH_MS) return
    if (askedAt !== 0 && ownGroup) {
      // asked again: at once, with everything it started
      try { if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL') } catch { /* it has ended meanwhile */ }
    } else if (ownGroup) child.kill(signal)
    askedAt = Date.now()
  }
  // a shell between npm and us dies of SIGTERM without passing it on
  const parent = process.ppid
  if (ownGroup) setInterval(() => { if (process.ppid !== parent) end('SIGTERM') }, 500).unref()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(signal))
  child.on('error', (error) => fail(`${program} could not be started: ${error.message}`))
  child.on('exit', (code) => process.exit(askedAt !== 0 ? 0 : (code ?? 1)))
}

const chosen = options()
if (chosen.help === true) {
  process.stdout.write(HELP)
  process.exit(0)
}
try {
  ensureInstalled()
  const { bundleDesktopWhenNeeded, bundlePageWhenNeeded } = await import('./bundle-on-pinned-node.mjs')
  bundlePageWhenNeeded()
  const binary = electronBinary()
  const display = hasDisplay()
  const asRoot = process.getuid?.() === 0
  if (chosen.serve !== true && binary !== undefined && display && !asRoot) {
    bundleDesktopWhenNeeded()
    runToTheEnd(binary, [ROOT, ...projectArguments(chosen)])
  } else {
    if (chosen.serve !== true && display && binary === undefined) say("Electron's binary is not here (node node_modules/electron/install.js fetches it): serving to the browser instead")
    if (chosen.serve !== true && display && binary !== undefined) say("Electron's sandbox does not run as root: serving to the browser instead")
    runToTheEnd(pinnedNode(), ['--disable-warning=ExperimentalWarning', inRoot('main/cli/maskwright.ts'), 'serve', '--port', chosen.port ?? '0',
      ...(chosen['no-open'] === true || !display ? ['--no-open'] : []), ...(chosen.root ?? []).flatMap((folder) => ['--root', resolve(folder)]), ...projectArguments(chosen)])
  }
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}
