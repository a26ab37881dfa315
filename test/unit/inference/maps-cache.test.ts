import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openMapsCache, type StoredMap } from '../../../main/inference/maps-cache.ts'

const root = mkdtempSync(join(tmpdir(), 'maskwright-maps-'))
afterAll(() => rmSync(root, { recursive: true }))
let folders = 0
const newFolder = () => join(root, String(++folders))
const map = (value: number, count = 100): StoredMap => ({ values: new Float32Array(count).fill(value), shape: [count / 10, 10] })

test('what is written is read again, by this cache and the next, in the shape it had', async () => {
  const folder = newFolder()
  const cache = openMapsCache(folder, 1e6)
  expect(await cache.read('a')).toBeNull()
  await cache.write('a', map(1.5), 'float32')
  await cache.write('b', map(0.1), 'float16')
  for (const one of [cache, openMapsCache(folder, 1e6)]) {
    expect(await one.read('a')).toEqual(map(1.5))
    expect((await one.read('b'))?.values[0]).toBeCloseTo(0.1, 4)
    expect(await one.read('c')).toBeNull()
  }
})

test('a write gives the map as it will be read, whether or not it is kept', async () => {
  for (const limit of [1e6, 0]) {
    const cache = openMapsCache(newFolder(), limit)
    const written = await cache.write('b', map(0.1), 'float16')
    expect(written.values[0]).not.toBe(Math.fround(0.1))
    const read = await cache.read('b')
    if (limit > 0) expect(read).toEqual(written)
    else expect(read).toBeNull()
  }
})

test('above the limit the longest unused go, and what was read lately stays', async () => {
  const folder = newFolder()
  const cache = openMapsCache(folder, 3000)
  for (const key of ['a', 'b', 'c', 'd']) await cache.write(key, map(1), 'float32')
  for (const [i, name] of readdirSync(folder).entries()) utimesSync(join(folder, name), new Date(2020, 1, 1 + i), new Date(2020, 1, 1 + i))
  await cache.read('c')
  // by another process, which has to look what lies there
  const other = openMapsCache(folder, 3000)
  for (const key of ['e', 'f', 'g']) await other.write(key, map(2), 'float32')
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  expect(bytes).toBeLessThanOrEqual(3000)
  expect(await other.read('c')).toEqual(map(1))
  expect(await other.read('g')).toEqual(map(2))
  expect((await Promise.all(['a', 'b', 'd'].map((key) => other.read(key)))).filter((one) => one !== null).length).toBeLessThan(3)
})

test('what is no file of ours, and a folder that can’t be written, are no failure', async () => {
  const folder = newFolder()
  const cache = openMapsCache(folder, 1e6)
  await cache.write('a', map(1), 'float32')
  const [name] = readdirSync(folder)
  for (const bytes of [Buffer.alloc(0), Buffer.from('MWMAPS01'), Buffer.from('MWMAPS01\xff\xff\xff\xff', 'latin1'), Buffer.from('MWMAPS01\x02\0\0\0{}', 'latin1')]) {
    writeFileSync(join(folder, name), bytes)
    expect(await cache.read('a')).toBeNull()
  }
  const file = join(root, 'file')
  writeFileSync(file, '')
  expect(await openMapsCache(join(file, 'below'), 1e6).write('a', map(1), 'float32')).toEqual(map(1))
})

test('what killed processes were writing is swept away, what is being written is not', async () => {
  const folder = newFolder()
  await openMapsCache(folder, 1e6).write('a', map(1), 'float32')
  const [name] = readdirSync(folder)
  const [dead, living] = [`${name}.11111111-2222-3333-4444-555555555555`, `${name}.66666666-7777-8888-9999-000000000000`]
  for (const file of [dead, living]) writeFileSync(join(folder, file), Buffer.alloc(500))
  utimesSync(join(folder, dead), new Date(2020, 1, 1), new Date(2020, 1, 1))
  await openMapsCache(folder, 1e6).write('b', map(2), 'float32')
  expect(readdirSync(folder)).not.toContain(dead)
  expect(readdirSync(folder)).toContain(living)
})

test('several processes that write at once keep the limit together, but for a sixteenth each', async () => {
  const folder = newFolder()
  const limit = 50_000
  const caches = [1, 2, 3].map(() => openMapsCache(folder, limit))
  for (let n = 0; n < 240; n++) await caches[n % 3].write(`map ${n}`, map(n), 'float32')
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  expect(bytes).toBeLessThanOrEqual(limit * (1 + 3 / 16))
  expect(bytes).toBeGreaterThan(limit / 2)
})
