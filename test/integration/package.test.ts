import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extractFile, getRawHeader, listPackage } from '@electron/asar'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundleDesktopWhenNeeded, bundlePageWhenNeeded } from '../../build/bundle-on-pinned-node.mjs'

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'maskwright-package-'))
const resources = join(folder, 'out/linux-unpacked/resources')
/** where Electron's program keeps its fuses: this text, a version byte, a count, then '0' or '1' each */
const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const FUSES = 9

/** The real archive around a dummy of Electron: what is inside ours is the same. */
beforeAll(() => {
  bundlePageWhenNeeded()
  bundleDesktopWhenNeeded()
  const dummy = join(folder, 'electron')
  mkdirSync(join(dummy, 'resources'), { recursive: true })
  writeFileSync(join(dummy, 'electron'), `dummy${FUSE_SENTINEL}\x01${String.fromCharCode(FUSES)}${'1'.repeat(FUSES)}dummy`, { mode: 0o755, encoding: 'latin1' })
  writeFileSync(join(dummy, 'chrome-sandbox'), 'dummy')
  const built = spawnSync(process.execPath, [join(ROOT, 'node_modules/electron-builder/out/cli/cli.js'), '--linux', 'dir', '--x64', '--config', join(ROOT, 'build/electron-builder.config.mjs'),
    `-c.electronDist=${dummy}`, `-c.directories.output=${join(folder, 'out')}`], { cwd: ROOT, encoding: 'utf8' })
  if (built.status !== 0) throw new Error(`electron-builder: ${built.stdout}${built.stderr}`)
}, 180_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const archive = () => join(resources, 'app.asar')
const files = () => listPackage(archive(), { isPack: false }).map((path) => path.replaceAll('\\', '/'))

test('the archive holds the bundles, the page and what package.json names as main', () => {
  const inside = files()
  const { main } = JSON.parse(extractFile(archive(), 'package.json').toString()) as { main: string }
  expect(inside).toEqual(expect.arrayContaining([`/${main}`, '/dist/electron/preload.cjs', '/dist/engine/pipeline-entry.js', '/dist/page/index.html', '/LICENSE']))
})

test('what an installer has to name is named: without home page and author no deb is made, without an icon it bears Electron’s', async () => {
  const { author, homepage, desktopName } = JSON.parse(extractFile(archive(), 'package.json').toString()) as Record<string, unknown>
  expect({ author, homepage, desktopName }).toEqual({ author: 'Maskwright contributors', homepage: expect.stringMatching(/^https:/) as unknown, desktopName: 'maskwright.desktop' })
  expect(await sharp(join(ROOT, 'resources/icons/icon.png')).metadata()).toMatchObject({ width: 1024, height: 1024, hasAlpha: true })
})

test('of node_modules only modules with machine code, and what they load, go along', () => {
  const modules = new Set(files().flatMap((path) => /^\/node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1] ?? []))
  expect([...modules].filter((name) => name !== '@img').toSorted()).toEqual(['@img/colour', '@img/sharp-libvips-linux-x64', '@img/sharp-linux-x64', 'better-sqlite3', 'detect-libc', 'onnxruntime-common', 'onnxruntime-node', 'semver', 'sharp'])
})

test('machine code is for this platform only, and lies outside the archive', () => {
  const machineCode = files().filter((path) => /\.(node|dll|dylib|so)(\.|$)/.test(path))
  expect(machineCode.length).toBeGreaterThanOrEqual(4)
  expect(machineCode.filter((path) => /win32|darwin|arm64|musl/.test(path))).toEqual([])
  const entry = (path: string) => path.split('/').slice(1).reduce<{ files?: Record<string, never>; unpacked?: boolean }>((at, part) => at.files?.[part] ?? {}, getRawHeader(archive()).header as never)
  for (const path of machineCode) {
    expect([path, entry(path).unpacked]).toEqual([path, true])
    expect(readFileSync(join(resources, 'app.asar.unpacked', path)).length).toBeGreaterThan(1000)
  }
})

test('no sources, tests, build scripts, maps or development packages are inside', () => {
  expect(files().filter((path) => /^\/(main|renderer|electron|models|test|build|\.ci|\.git)(\/|$)|\.tsx?$|\.map$/.test(path))).toEqual([])
  expect(files().filter((path) => /\/node_modules\/(electron|electron-builder|vite|vitest|typescript|playwright-core|oxlint|react)(\/|$)/.test(path))).toEqual([])
})

test('every package a bundle still loads by name is in the archive', () => {
  const inside = new Set(files())
  for (const bundle of files().filter((path) => /^\/dist\/(electron|engine)\/.*\.c?js$/.test(path))) {
    const text = extractFile(archive(), bundle.slice(1)).toString()
    const names = [...text.matchAll(/^\s*import\s[^'"\n]*from\s*["']([^'"./][^'"]*)["']|^\s*import\s*["']([^'"./][^'"]*)["']|(?<![\w.])require\(["']([^'"./][^'"]*)["']\)/gm)].map((found) => found[1] ?? found[2] ?? found[3])
    for (const name of names.filter((one) => !one.startsWith('node:') && !process.getBuiltinModule(one) && one !== 'electron')) expect([bundle, name, inside.has(`/node_modules/${name}`)]).toEqual([bundle, name, true])
  }
})

test('fuses: not a Node, no inspector, only our archive, its integrity checked, file:// without privileges', () => {
  const program = readFileSync(join(folder, 'out/linux-unpacked/maskwright'), 'latin1')
  const at = program.indexOf(FUSE_SENTINEL) + FUSE_SENTINEL.length + 2
  const [runAsNode, , nodeOptions, inspect, integrity, onlyAsar, , fileProtocol] = program.slice(at, at + FUSES)
  expect({ runAsNode, nodeOptions, inspect, integrity, onlyAsar, fileProtocol }).toEqual({ runAsNode: '0', nodeOptions: '0', inspect: '0', integrity: '1', onlyAsar: '1', fileProtocol: '0' })
})
