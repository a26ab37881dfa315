// Bundles the page (dist/page), the command line (dist/cli) and the desktop shell (dist/electron, dist/engine) with Vite.
// `node build/bundle.mjs [page|command-line|desktop] [--when-needed]`; without an argument, all.
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { pathToFileURL } from 'node:url'
import { inRoot, outOfDate } from './places.mjs'

/** Modules with machine code, and Electron itself: they stay where npm put them. */
export const NATIVE = ['electron', 'better-sqlite3', 'sharp', 'onnxruntime-node']
const isExternal = (id) => id.startsWith('node:') || builtinModules.includes(id) || NATIVE.some((name) => id === name || id.startsWith(`${name}/`))

export async function bundlePage() {
  const [{ build }, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')])
  await build({
    configFile: false,
    root: inRoot('renderer'),
    publicDir: false,
    logLevel: 'warn',
    plugins: [react()],
    build: {
      outDir: inRoot('dist/page'),
      emptyOutDir: true,
      target: 'chrome140',
      // the policy allows the page's own files only: nothing inline
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      sourcemap: false,
      chunkSizeWarningLimit: 2000,
    },
  })
}

async function bundleForNode(entry, outDir, fileName, format) {
  const { build } = await import('vite')
  await build({
    configFile: false,
    root: inRoot(),
    publicDir: false,
    logLevel: 'warn',
    ssr: { noExternal: true, external: NATIVE, target: 'node' },
    build: {
      ssr: inRoot(entry),
      outDir: inRoot(outDir),
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      sourcemap: false,
      rollupOptions: { external: isExternal, output: { format, entryFileNames: fileName, chunkFileNames: 'chunk-[hash].js' } },
    },
  })
}

/** The engine is bundled into the main process; the pipeline process is a file of its own, because it is forked. */
export async function bundleDesktop() {
  for (const folder of ['dist/electron', 'dist/engine']) rmSync(inRoot(folder), { recursive: true, force: true })
  await bundleForNode('main/pipeline/entry.ts', 'dist/engine', 'pipeline-entry.js', 'es')
  // a sandboxed preload has to be CommonJS
  await bundleForNode('electron/preload.ts', 'dist/electron', 'preload.cjs', 'cjs')
  await bundleForNode('electron/main.ts', 'dist/electron', 'main.js', 'es')
}

/** `maskwright` for those who install it: the same commands without the sources. */
export async function bundleCommandLine() {
  rmSync(inRoot('dist/cli'), { recursive: true, force: true })
  await bundleForNode('main/cli/maskwright.ts', 'dist/cli', 'maskwright.js', 'es')
}

const PRODUCTS = {
  page: { file: 'dist/page/index.html', sources: ['renderer', 'main/contract', 'main/masks', 'resources/translations'], bundle: bundlePage },
  'command-line': { file: 'dist/cli/maskwright.js', sources: ['main', 'models', 'resources/class-lists', 'resources/translations/en.json'], bundle: bundleCommandLine },
  desktop: { file: 'dist/electron/main.js', sources: ['electron', 'main', 'models'], bundle: bundleDesktop },
}
const LOCK = inRoot('dist/.bundling')
/** longer than any bundling takes: whoever made the lock has died */
const LOCK_STALE_MS = 60_000

/** One bundling at a time: two test files may ask for the same one at once. */
async function alone(work) {
  mkdirSync(inRoot('dist'), { recursive: true })
  for (;;) {
    try {
      mkdirSync(LOCK)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      const made = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? 0
      if (Date.now() - made > LOCK_STALE_MS) rmSync(LOCK, { recursive: true, force: true })
      else await new Promise((resolve) => { setTimeout(resolve, 100) })
    }
  }
  try {
    await work()
  } finally {
    rmSync(LOCK, { recursive: true, force: true })
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const whenNeeded = process.argv.includes('--when-needed')
  const asked = process.argv.slice(2).filter((arg) => !arg.startsWith('--'))
  await alone(async () => {
    for (const [name, { file, sources, bundle }] of Object.entries(PRODUCTS)) {
      if (asked.length > 0 && !asked.includes(name)) continue
      if (whenNeeded && !outOfDate(file, [...sources, 'build/bundle.mjs', 'package-lock.json'])) continue
      process.stderr.write(`maskwright: bundling the ${name} …\n`)
      await bundle()
    }
  })
}
