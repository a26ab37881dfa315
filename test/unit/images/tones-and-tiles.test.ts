import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { isTiled, readTones, spellTones, tileGrid, TONE_MAX, wholeLevel, WHOLE_PX_MAX, type Tones } from '../../../main/contract/pictures.ts'
import { createPictures, type PictureOf } from '../../../main/images/pictures.ts'
import { cutTiles } from '../../../main/images/tiles.ts'
import { countTones } from '../../../main/images/tones.ts'
import { newFolder, twoHalves } from './sample-pictures.ts'

/** JPEG moves a flat colour by a few steps of 255 */
const JPEG_TOLERANCE = 4
const of = (folderPath: string, path: string, width: number, height: number): PictureOf => ({ projectId: 'p', imageId: 7, revision: 1, folderPath, path, width, height })

/** A 16-bit greyscale PNG: each column one value. */
async function deepPicture(path: string, columns: readonly number[], height = 8): Promise<void> {
  const values = new Uint16Array(columns.length * height).map((_, i) => columns[i % columns.length])
  await sharp(values, { raw: { width: columns.length, height, channels: 1 } }).toColourspace('grey16').png().toFile(path)
}
const firstRow = async (bytes: Uint8Array | undefined): Promise<number[]> => {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  return Array.from({ length: info.width }, (_, x) => data[x * info.channels])
}

describe('tones in an address', () => {
  test.each<Tones>(['full', 'auto', { low: 0, high: TONE_MAX }, { low: 100, high: 101 }])('%j is read as it was spelt', (tones) => {
    expect(readTones(spellTones(tones))).toEqual(tones)
  })

  test.each(['', '5-5', '9-3', '0-65536', '-1-9', '1-2-3', 'Auto'])('%j is none', (text) => {
    expect(readTones(text)).toBeNull()
  })
})

describe('16 bits on a screen of 8', () => {
  test('counts find the range, and auto lets the two thousandths at either end go', () => {
    const values = new Uint16Array(10_000).fill(1000, 0, 5000).fill(2000, 5000)
    values.set([0, 1, 2], 0)
    values.set([65_000], 9_999)
    expect(countTones(values)).toEqual({ deep: true, least: 0, most: 65_000, low: 1000, high: 2000 })
  })

  test('a flat picture has a window too', () => {
    const { low, high } = countTones(new Uint16Array(50).fill(700))
    expect(high).toBeGreaterThan(low)
  })

  test('all 16 bits, what the picture uses, or a window: the same px in other greys', async () => {
    const folder = newFolder()
    await deepPicture(join(folder, 'a.png'), Array.from({ length: 64 }, (_, x) => x * 65))
    const pictures = createPictures(newFolder())
    const picture = of(folder, 'a.png', 64, 8)
    expect(await pictures.tones(picture)).toMatchObject({ deep: true, least: 0, most: 4095 })
    const full = await firstRow((await pictures.mip(picture, 0, { low: 0, high: TONE_MAX }))?.bytes)
    expect(Math.max(...full)).toBeLessThanOrEqual(16 + JPEG_TOLERANCE)
    const auto = await firstRow((await pictures.mip(picture, 0, 'auto'))?.bytes)
    expect(auto[0]).toBeLessThanOrEqual(JPEG_TOLERANCE)
    expect(auto[63]).toBeGreaterThanOrEqual(255 - JPEG_TOLERANCE)
    expect(Math.abs(auto[32] - 130)).toBeLessThanOrEqual(JPEG_TOLERANCE)
    const window = await firstRow((await pictures.mip(picture, 0, { low: 1000, high: 2000 }))?.bytes)
    expect([window[10], window[40]].map((value) => Math.round(value / 64))).toEqual([0, 4])
    expect(Math.abs(window[23] - Math.round((23 * 65 - 1000) / 1000 * 255))).toBeLessThanOrEqual(2 * JPEG_TOLERANCE)
  })

  test('a picture of 8 bits has nothing to choose, and is passed through whatever is asked', async () => {
    const folder = newFolder()
    const file = join(folder, 'a.jpg')
    await twoHalves(40, 20, '#ff0000', '#0000ff').jpeg().toFile(file)
    const pictures = createPictures(newFolder())
    expect(await pictures.tones(of(folder, 'a.jpg', 40, 20))).toMatchObject({ deep: false })
    const [plain, asked] = await Promise.all((['full', { low: 5, high: 9 }] as const).map((tones) => pictures.mip(of(folder, 'a.jpg', 40, 20), 0, tones)))
    expect(Buffer.compare(plain?.bytes ?? new Uint8Array(1), asked?.bytes ?? new Uint8Array())).toBe(0)
  })
})

describe('tiles', () => {
  test('photos up to 32 megapixels come whole, larger ones whole from a coarser level on', () => {
    expect([wholeLevel(6000, 4000), wholeLevel(8256, 5504), wholeLevel(16_384, 12_288)]).toEqual([0, 1, 2])
    expect(isTiled(16_384, 12_288, 1)).toBe(true)
    expect(tileGrid(16_384, 12_288, 0)).toEqual({ columns: 16, rows: 12 })
    expect(tileGrid(2049, 1, 1)).toEqual({ columns: 2, rows: 1 })
  })

  // 33 megapixels: just above what is served whole
  const width = 6600
  const height = 5001
  test('a large turned picture is cut once, upright, and every tile shows its own part', async () => {
    expect(width * height).toBeGreaterThan(WHOLE_PX_MAX)
    const folder = newFolder()
    const cache = newFolder()
    await sharp(await twoHalves(height, width, '#ff0000', '#0000ff').jpeg().toBuffer()).withMetadata({ orientation: 6 }).jpeg().toFile(join(folder, 'a.jpg'))
    const pictures = createPictures(cache)
    const picture = of(folder, 'a.jpg', width, height)
    expect(await pictures.mip(picture, 0)).toBeUndefined()
    expect(await pictures.tile(picture, 1, 0, 0)).toBeUndefined()
    expect(await pictures.tile(picture, 0, 7, 0)).toBeUndefined()
    const [first, last] = await Promise.all([pictures.tile(picture, 0, 0, 0), pictures.tile(picture, 0, 6, 4)])
    expect(await sharp(first?.bytes).metadata()).toMatchObject({ width: 1024, height: 1024, format: 'jpeg' })
    expect(await sharp(last?.bytes).metadata()).toMatchObject({ width: width - 6 * 1024, height: height - 4 * 1024 })
    // turned by 90°, the left half is above
    expect((await sharp(first?.bytes).stats()).channels.map(({ mean }) => Math.round(mean / 255))).toEqual([1, 0, 0])
    expect((await sharp(last?.bytes).stats()).channels.map(({ mean }) => Math.round(mean / 255))).toEqual([0, 0, 1])
    expect(readdirSync(cache)).toEqual(['pictures']) // nothing is left lying about
    expect(await sharp((await pictures.mip(picture, 1))?.bytes).metadata()).toMatchObject({ width: 3300, height: 2501 })
  }, 120_000)

  test('when cutting fails, no file is left', async () => {
    const folder = newFolder()
    await expect(cutTiles(sharp(join(folder, 'gone.jpg')), width, height, folder, () => Promise.resolve())).rejects.toThrow(/missing/)
    expect(readdirSync(folder)).toEqual([])
  })
})
