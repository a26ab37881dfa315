import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { array, assert, asyncProperty, constantFrom } from 'fast-check'
import { expect, test } from 'vitest'
import { isInside, safePath } from '../../../main/images/safe-path.ts'
import { newFolder } from './sample-pictures.ts'

test('a path inside the folder is given back with links resolved', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'sub'))
  writeFileSync(join(folder, 'sub', 'a.jpg'), 'x')
  symlinkSync(join(folder, 'sub', 'a.jpg'), join(folder, 'inner.jpg'))
  const real = join(realpathSync(folder), 'sub', 'a.jpg')
  expect(await safePath(folder, 'sub/a.jpg')).toBe(real)
  expect(await safePath(folder, 'inner.jpg')).toBe(real)
})

test.each(['../a.jpg', 'sub/../../a.jpg', '/etc/passwd', '..', '.', '', 'a\0.jpg', 'sub//a.jpg', './a.jpg', 'sub/'])('%j is refused', async (path) => {
  const folder = newFolder()
  mkdirSync(join(folder, 'sub'))
  await expect(safePath(folder, path)).rejects.toMatchObject({ code: 'not-allowed' })
})

test('links that lead out of the folder are refused, for a file and for a folder on the way', async () => {
  const outside = newFolder()
  const folder = newFolder()
  writeFileSync(join(outside, 'secret.jpg'), 'x')
  symlinkSync(join(outside, 'secret.jpg'), join(folder, 'a.jpg'))
  symlinkSync(outside, join(folder, 'sub'))
  await expect(safePath(folder, 'a.jpg')).rejects.toMatchObject({ code: 'not-allowed', message: expect.stringMatching(/link/) as unknown })
  await expect(safePath(folder, 'sub/secret.jpg')).rejects.toMatchObject({ code: 'not-allowed' })
})

test('a folder whose name merely begins alike is not inside', () => {
  expect(isInside('/data/photos', '/data/photos-private/a.jpg')).toBe(false)
  expect(isInside('/data/photos', '/data/photos/..photo.jpg')).toBe(true)
  expect(isInside('/data/photos', '/data/photos')).toBe(true)
})

test('no combination of parts steps out of the folder', async () => {
  const outer = newFolder()
  const folder = join(outer, 'inner')
  mkdirSync(join(folder, 'a'), { recursive: true })
  for (const path of [join(outer, 'x'), join(folder, 'x'), join(folder, 'a', 'x')]) writeFileSync(path, 'x')
  const real = realpathSync(folder)
  await assert(asyncProperty(array(constantFrom('..', '.', 'a', 'x', '', '/', 'inner', '\0'), { maxLength: 6 }), async (parts) => {
    const answer = await safePath(folder, parts.join('/')).catch(() => undefined)
    expect(answer === undefined || isInside(real, answer)).toBe(true)
  }), { numRuns: 300 })
})
