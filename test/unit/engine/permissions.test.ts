import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { stateOf } from '../images/sample-pictures.ts'
import { newTestFolder } from './test-engine.ts'

const CHILD = fileURLToPath(new URL('unprivileged-child.ts', import.meta.url))
const reason = process.platform === 'win32' ? 'Windows has no permission bits to take away' : null

test.skipIf(reason !== null)(`without permission: each refusal names what was refused, and the rest goes on${reason === null ? '' : ` (skipped: ${reason})`}`, async () => {
  const folder = newTestFolder()
  const work = join(folder, 'work')
  for (const name of ['data', 'work', 'work/open', 'work/closed', 'work/read-only', 'work/photos', 'work/photos/closed']) {
    mkdirSync(join(folder, name))
    if (process.getuid?.() === 0) chownSync(join(folder, name), 65_534, 65_534)
  }
  for (const name of ['a.png', 'shut.png', 'closed/b.png']) await sharp({ create: { width: 8, height: 6, channels: 3, background: '#ff0000' } }).png().toFile(join(work, 'photos', name))
  writeFileSync(join(work, 'unreadable.maskwright'), 'x')
  const before = stateOf(work)
  chmodSync(folder, 0o755)
  chmodSync(join(work, 'photos', 'shut.png'), 0)
  chmodSync(join(work, 'unreadable.maskwright'), 0)
  chmodSync(join(work, 'photos', 'closed'), 0)
  chmodSync(join(work, 'closed'), 0)
  chmodSync(join(work, 'read-only'), 0o555)

  const child = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD, folder], { encoding: 'utf8' })
  for (const name of ['photos/closed', 'closed', 'read-only']) chmodSync(join(work, name), 0o755)
  expect(child.stderr).toBe('')
  const results = JSON.parse(child.stdout) as Record<string, { code?: string; message?: string; value?: { problems: unknown[]; added: number; rows: { path: string; problem: string | null }[] } }>
  expect(results.uid).not.toBe(0)
  for (const [call, name] of [['createInClosed', 'read-only'], ['openUnreadable', 'unreadable.maskwright'], ['addClosed', 'closed'], ['browseClosed', 'closed']]) {
    expect([call, results[call]]).toEqual([call, { code: 'no-permission', message: expect.stringContaining(name) as unknown }])
  }
  expect(results.create.value).toMatchObject({ name: 'p' })
  expect(results.addPhotos.value).toMatchObject({ added: 2, problemCount: 2, problems: [
    { path: 'closed', reason: expect.stringMatching(/no permission/) as unknown },
    { path: 'shut.png', reason: expect.stringMatching(/no permission/) as unknown },
  ] })
  expect(results.page.value?.rows.map((row) => [row.path, row.problem === null])).toEqual([['a.png', true], ['shut.png', false]])
  const photosAfter = Object.entries(stateOf(work)).filter(([path]) => path.includes('/photos/'))
  expect(photosAfter).toEqual(Object.entries(before).filter(([path]) => path.includes('/photos/')))
})
