// `npm run package [-- --dir]`: the installers of this platform, one by one, and what could not be made is said.
// What is fetched from elsewhere (Electron's binary, the AppImage and deb tools, NSIS) has to be reachable or cached.
import { spawnSync } from 'node:child_process'
import { bundleDesktopWhenNeeded, bundlePageWhenNeeded } from './bundle-on-pinned-node.mjs'
import { electronBinary } from './electron-binary.mjs'
import { ensureInstalled } from './install.mjs'
import { ROOT, inRoot, ownEnvironment, pinnedNode } from './places.mjs'

const TARGETS = { linux: ['AppImage', 'deb'], win32: ['nsis'], darwin: ['dmg'] }
const FLAG = { linux: '--linux', win32: '--win', darwin: '--mac' }[process.platform]
const ELSEWHERE = { AppImage: 'Linux', deb: 'Linux', nsis: 'Windows', dmg: 'macOS' }

ensureInstalled()
bundlePageWhenNeeded()
bundleDesktopWhenNeeded()

const extra = process.argv.slice(2)
const here = extra.includes('--dir') ? ['dir'] : (TARGETS[process.platform] ?? [])
const dist = electronBinary() === undefined || process.platform === 'darwin' ? [] : [`-c.electronDist=${inRoot('node_modules/electron/dist')}`]
let missing = 0
for (const target of here) {
  const built = spawnSync(pinnedNode(), [inRoot('node_modules/electron-builder/out/cli/cli.js'), FLAG, target, '--config', inRoot('build/electron-builder.config.mjs'), ...dist, ...extra.filter((arg) => arg !== '--dir')],
    { cwd: ROOT, stdio: 'inherit', env: ownEnvironment() }).status === 0
  if (!built) missing += 1
  console.log(built ? `${target}: built, in release/` : `${target}: not built; electron-builder's message is above (a download that is not reachable, most often)`)
}
if (!extra.includes('--dir')) {
  // each installer carries its platform's machine code, which npm installs on that platform only
  for (const target of Object.values(TARGETS).flat()) if (!here.includes(target)) console.log(`${target}: run this on ${ELSEWHERE[target]}`)
}
process.exitCode = missing === 0 ? 0 : 1
