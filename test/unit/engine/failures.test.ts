import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EngineError } from '../../../main/contract/errors.ts'
import { failureOf } from '../../../main/engine/failures.ts'
import { openLog } from '../../../main/engine/log.ts'
import { newTestFolder } from './test-engine.ts'

const errno = (code: string, path: string) => Object.assign(new Error(`${code}: something, open '${path}'`), { code, path, syscall: 'open' })

test('an EngineError crosses as it is', () => {
  const log = openLog(newTestFolder())
  expect(failureOf(new EngineError('stale', 'class 4 has changed', { details: { id: 4 } }), 'diff.apply', log)).toEqual({ ok: false, code: 'stale', message: 'class 4 has changed', details: { id: 4 } })
  expect(log.recent(10)).toEqual([])
})

test.each([['EACCES', 'no-permission'], ['ENOSPC', 'disk-full'], ['EROFS', 'no-permission'], ['ENOENT', 'not-found']] as const)('%s from the file system is %s and names the file', (code, expected) => {
  const failure = failureOf(errno(code, '/data/a "b".json'), 'export.write', openLog(newTestFolder()))
  expect(failure.code).toBe(expected)
  expect(failure.message).toContain('/data/a \\"b\\".json')
})

test('SQLite’s extended codes count as their family', () => {
  const log = openLog(newTestFolder())
  expect(failureOf(Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' }), 'diff.apply', log).code).toBe('disk-full')
  expect(failureOf(Object.assign(new Error('read-only'), { code: 'SQLITE_READONLY_DIRECTORY' }), 'diff.apply', log).code).toBe('no-permission')
})

test('what nobody foresaw is internal: the stack goes to the log, not to the page', () => {
  const log = openLog(newTestFolder())
  const failure = failureOf(new TypeError('cannot read secret of undefined'), 'images.page', log)
  expect(failure).toEqual({ ok: false, code: 'internal', message: expect.stringMatching(/^images\.page failed/) as unknown })
  expect(failure.message).not.toMatch(/secret|at /)
  expect(log.recent(1)[0]).toMatchObject({ level: 'error', message: expect.stringMatching(/cannot read secret[\s\S]*failures\.test/) as unknown })
})

test('the log rotates: no file grows for ever, and an export holds the older files too, oldest first', async () => {
  const folder = newTestFolder()
  const log = openLog(folder)
  const long = 'x'.repeat(100_000)
  for (let i = 0; i < 70; i++) log.write('info', 'test', `${i} ${long}`)
  const sizes = ['maskwright.log', 'maskwright.1.log', 'maskwright.2.log', 'maskwright.3.log'].map((name) => readFileSync(join(folder, name), 'utf8').length)
  expect(Math.max(...sizes)).toBeLessThan(2.3 * 1024 * 1024)
  const path = join(folder, 'export.txt')
  await log.exportTo(path)
  const numbers = readFileSync(path, 'utf8').trim().split('\n').map((line) => Number(/test: (\d+) /.exec(line)?.[1]))
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  expect(numbers.at(-1)).toBe(69)
  expect(numbers.length).toBeGreaterThan(60)
})
