// `npm test`: installs what is missing (a browser and a Redis server too), then type check, lint, page bundle, and every test. The last line
// is `N passed, N failed, N skipped`; the type check, the lint and the bundles count as one test each.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBrowser } from './browser.mjs'
import { ensureInstalled } from './install.mjs'
import { ROOT, inRoot, ownEnvironment, pinnedNode } from './places.mjs'
import { ensureRedis } from './redis.mjs'

const total = { passed: 0, failed: 0, skipped: 0 }
const failures = []
const skips = []
const flaky = []
const started = Date.now()

function finish() {
  for (const { name, reason } of skips) console.log(`skipped: ${name}: ${reason}`)
  for (const name of flaky) console.log(`flaky: ${name}: failed once, passed when run again; mend it`)
  for (const name of failures) console.log(`failed: ${name}`)
  console.log(`${Math.round((Date.now() - started) / 1000)} s`)
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  process.exitCode = total.failed === 0 ? 0 : 1
}
function failed(what) {
  total.failed += 1
  failures.push(what)
}

function run(args, env) {
  return spawnSync(pinnedNode(), args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: { ...ownEnvironment(), ...env } }).status === 0
}
function step(what, args) {
  const from = Date.now()
  console.log(`— ${what}`)
  if (run(args, {})) total.passed += 1
  else failed(what)
  console.log(`  ${((Date.now() - from) / 1000).toFixed(1)} s`)
}

/** Arguments after `--` go to vitest: `npm test -- test/unit/masks`. */
const chosen = process.argv.slice(2)

try {
  ensureInstalled()
  const chromium = ensureBrowser()
  const redis = ensureRedis()
  step('type check', [inRoot('node_modules/typescript/bin/tsc'), '-b', inRoot('build/tsconfig.json')])
  step('lint', [inRoot('node_modules/oxlint/bin/oxlint'), '--type-aware', '--deny-warnings'])
  step('page bundle', [inRoot('build/bundle.mjs'), 'page', '--when-needed'])
  step('command line bundle', [inRoot('build/bundle.mjs'), 'command-line', '--when-needed'])
  step('desktop bundle', [inRoot('build/bundle.mjs'), 'desktop', '--when-needed'])

  const folder = mkdtempSync(join(tmpdir(), 'maskwright-test-'))
  const countsFile = join(folder, 'counts.json')
  try {
    console.log('— tests')
    const allPassed = run([inRoot('node_modules/vitest/vitest.mjs'), 'run', '--retry=1', '--reporter=dot', `--reporter=${inRoot('build/counting-reporter.mjs')}`, ...chosen],
      { CHROMIUM_PATH: chromium, REDIS_SERVER_PATH: redis, MASKWRIGHT_COUNTS: countsFile, ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }) })
    if (existsSync(countsFile)) {
      const counts = JSON.parse(readFileSync(countsFile, 'utf8'))
      for (const key of ['passed', 'failed', 'skipped']) total[key] += counts[key]
      failures.push(...counts.failures)
      skips.push(...counts.skips)
      flaky.push(...counts.flaky)
    }
    // vitest may fail without a failed test: nothing found, a crash of its own
    if (!allPassed && total.failed === 0) failed('vitest itself')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
} catch (error) {
  console.error(`maskwright: ${error instanceof Error ? error.message : String(error)}`)
  failed('set-up')
}
finish()
