import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { mipLevels } from '../../../main/contract/pictures.ts'
import { mipSize } from '../../../main/images/mips.ts'
import { newestFirst } from '../../../main/images/newest-first.ts'
import { createPictureCache } from '../../../main/images/picture-cache.ts'
import { createPictures, type PictureOf } from '../../../main/images/pictures.ts'
import { newFolder, noise, stateOf, twoHalves } from './sample-pictures.ts'

const of = (folderPath: string, path: string, width: number, height: number, revision = 1): PictureOf => ({ projectId: 'p', imageId: 7, revision, folderPath, path, width, height })

test('the pyramid has one level up to 512 px and four for 12 megapixels, each half the one before', () => {
  expect([[1, 1], [512, 300], [513, 300], [4000, 3000], [300, 16_384]].map(([width, height]) => mipLevels(width, height))).toEqual([1, 1, 2, 4, 6])
  expect(mipSize(4001, 3, 2)).toEqual({ width: 1000, height: 1 })
  expect(mipSize(4000, 1, 3)).toEqual({ width: 500, height: 1 })
})

test('a thumbnail is an upright WebP of at most 256 px, made once and then read from disk', async () => {
  const folder = newFolder()
  const cache = newFolder()
  await sharp(await twoHalves(800, 400, '#ff0000', '#0000ff').jpeg().toBuffer()).withMetadata({ orientation: 6 }).jpeg().toFile(join(folder, 'a.jpg'))
  const before = stateOf(folder)
  const pictures = createPictures(cache)
  const picture = of(folder, 'a.jpg', 400, 800)
  const [one, two] = await Promise.all([pictures.thumbnail(picture), pictures.thumbnail(picture)])
  expect(one).toBe(two)
  expect(one.contentType).toBe('image/webp')
  expect(await sharp(one.bytes).metadata()).toMatchObject({ format: 'webp', width: 128, height: 256 })
  expect(stateOf(folder)).toEqual(before)
  const stored = Object.keys(stateOf(cache))
  expect(stored).toHaveLength(1)
  writeFileSync(stored[0], 'from the disk')
  expect(Buffer.from((await pictures.thumbnail(picture)).bytes).toString()).toBe('from the disk')
})

test('a new revision of a picture is made anew', async () => {
  const folder = newFolder()
  const pictures = createPictures(newFolder())
  await sharp({ create: { width: 20, height: 20, channels: 3, background: '#ff0000' } }).png().toFile(join(folder, 'a.png'))
  await pictures.thumbnail(of(folder, 'a.png', 20, 20))
  await sharp({ create: { width: 20, height: 20, channels: 3, background: '#0000ff' } }).png().toFile(join(folder, 'a.png'))
  const { data } = await sharp((await pictures.thumbnail(of(folder, 'a.png', 20, 20, 2))).bytes).raw().toBuffer({ resolveWithObject: true })
  expect(data[2]).toBeGreaterThan(200)
  expect(data[0]).toBeLessThan(50)
})

test('level 0 passes through what a browser shows upright, and re-encodes the rest; levels halve', async () => {
  const folder = newFolder()
  const cases = {
    'plain.jpg': await noise(600, 400).jpeg().toBuffer(),
    'plain.png': await noise(600, 400).png().toBuffer(),
    'turned.jpg': await noise(400, 600).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    'ink.jpg': await noise(600, 400).toColourspace('cmyk').jpeg().toBuffer(),
    'scan.tif': await noise(600, 400).tiff().toBuffer(),
    'glass.png': await noise(600, 400).ensureAlpha(0.5).png().toBuffer(),
  }
  const pictures = createPictures(newFolder())
  let imageId = 0
  for (const [name, bytes] of Object.entries(cases)) {
    writeFileSync(join(folder, name), bytes)
    imageId++
    const picture = { ...of(folder, name, 600, 400), imageId }
    const whole = await pictures.mip(picture, 0)
    expect([name, whole !== undefined && Buffer.compare(whole.bytes, bytes) === 0]).toEqual([name, name.startsWith('plain')])
    expect([name, whole?.contentType]).toEqual([name, name === 'plain.png' ? 'image/png' : 'image/jpeg'])
    const about = await sharp(whole?.bytes).metadata()
    expect([name, about.autoOrient, about.space]).toEqual([name, { width: 600, height: 400 }, 'srgb'])
    expect(await sharp((await pictures.mip(picture, 1))?.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 300, height: 200 })
    expect(await pictures.mip(picture, 2)).toBeUndefined()
    expect(await pictures.mip(picture, -1)).toBeUndefined()
    expect(await pictures.mip(picture, 0.5)).toBeUndefined()
  }
})

test('a picture that can’t be decoded or lies outside is an error that names it', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'text.jpg'), 'no picture')
  const pictures = createPictures(newFolder())
  await expect(pictures.thumbnail(of(folder, 'text.jpg', 10, 10))).rejects.toMatchObject({ code: 'bad-file', message: expect.stringMatching(/"text\.jpg"/) as unknown })
  await expect(pictures.mip(of(folder, '../text.jpg', 10, 10), 0)).rejects.toMatchObject({ code: 'not-allowed' })
})

test('the cache stays below its limit and drops what was used longest ago', async () => {
  const folder = newFolder()
  const cache = createPictureCache(folder, 1000)
  for (let i = 0; i < 30; i++) {
    await cache.put(`p/${i}`, new Uint8Array(100).fill(i))
    // file times must differ for "longest ago" to mean something
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const bytes = readdirSync(join(folder, 'p')).reduce((sum, name) => sum + statSync(join(folder, 'p', name)).size, 0)
  expect(bytes).toBeLessThanOrEqual(1000)
  expect((await cache.get('p/29'))?.[0]).toBe(29)
  expect(await cache.get('p/0')).toBeUndefined()
})

test('the cache counts what an earlier run left', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'p'))
  for (let i = 0; i < 30; i++) writeFileSync(join(folder, 'p', `old${i}`), new Uint8Array(100))
  const cache = createPictureCache(folder, 1000)
  await cache.put('p/a', new Uint8Array(10))
  await cache.put('p/b', new Uint8Array(10))
  const bytes = readdirSync(join(folder, 'p')).reduce((sum, name) => sum + statSync(join(folder, 'p', name)).size, 0)
  expect(bytes).toBeLessThanOrEqual(1000)
})

test('a cache that can’t be written costs nothing but the cache', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'file'), 'in the way')
  const cache = createPictureCache(join(folder, 'file'), 1000)
  await cache.put('a', new Uint8Array(10))
  expect(await cache.get('a')).toBeUndefined()
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('in the way')
})

test('of waiting tasks the newest runs first, and a failed one does not block the rest', async () => {
  const run = newestFirst(1)
  const order: number[] = []
  let open = () => undefined as void
  const gate = new Promise<void>((resolve) => { open = resolve })
  const first = run(async () => { await gate })
  const others = [1, 2, 3].map((n) => run(async () => {
    order.push(n)
    if (n === 3) throw new Error('bad picture')
  }))
  open()
  await first
  expect((await Promise.allSettled(others)).map((one) => one.status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  expect(order).toEqual([3, 2, 1])
})
