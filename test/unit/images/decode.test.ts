import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { decodeRgb } from '../../../main/images/decode.ts'
import { newFolder, noise, twoHalves } from './sample-pictures.ts'

/** JPEG and CMYK round trips move a flat colour by a few steps of 255 */
const COLOUR_TOLERANCE = 12
/** inside what CMYK can print */
const COLOUR = { r: 150, g: 120, b: 110 }

function near(actual: Uint8Array, expected: readonly number[]): void {
  expect([...actual].every((value, i) => Math.abs(value - expected[i]) <= COLOUR_TOLERANCE), `${[...actual].join()} is about ${expected.join()}`).toBe(true)
}
const pixel = ({ rgb, width }: { rgb: Uint8Array; width: number }, x: number, y: number) => rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)

test.each([
  [1, 40, 20, [0, 0], [39, 0]], [2, 40, 20, [39, 0], [0, 0]], [3, 40, 20, [39, 19], [0, 19]], [4, 40, 20, [0, 19], [39, 19]],
  [5, 20, 40, [0, 0], [0, 39]], [6, 20, 40, [19, 0], [19, 39]], [7, 20, 40, [19, 39], [19, 0]], [8, 20, 40, [0, 39], [0, 0]],
] as const)('EXIF orientation %i is applied', async (orientation, width, height, red, blue) => {
  const path = join(newFolder(), 'turned.png')
  await sharp(await twoHalves(40, 20, '#ff0000', '#0000ff').png().toBuffer()).withMetadata({ orientation }).png().toFile(path)
  const decoded = await decodeRgb(path)
  expect([decoded.width, decoded.height]).toEqual([width, height])
  expect([...pixel(decoded, red[0], red[1])]).toEqual([255, 0, 0])
  expect([...pixel(decoded, blue[0], blue[1])]).toEqual([0, 0, 255])
})

test('greyscale, CMYK, 16 bits, alpha and a palette all become three 8-bit channels of sRGB', async () => {
  const folder = newFolder()
  const flat = () => sharp({ create: { width: 8, height: 6, channels: 3, background: COLOUR } })
  const files: readonly (readonly [string, Promise<unknown>, readonly number[]])[] = [
    ['grey.jpg', sharp({ create: { width: 8, height: 6, channels: 3, background: '#646464' } }).toColourspace('b-w').jpeg().toFile(join(folder, 'grey.jpg')), [100, 100, 100]],
    ['grey16.png', sharp({ create: { width: 8, height: 6, channels: 3, background: '#646464' } }).toColourspace('grey16').png().toFile(join(folder, 'grey16.png')), [100, 100, 100]],
    ['cmyk.jpg', flat().toColourspace('cmyk').jpeg({ quality: 100 }).toFile(join(folder, 'cmyk.jpg')), [150, 120, 110]],
    ['deep.png', flat().toColourspace('rgb16').png().toFile(join(folder, 'deep.png')), [150, 120, 110]],
    ['deep.tif', flat().toColourspace('rgb16').tiff().toFile(join(folder, 'deep.tif')), [150, 120, 110]],
    ['palette.png', flat().png({ palette: true }).toFile(join(folder, 'palette.png')), [150, 120, 110]],
    ['half.png', sharp({ create: { width: 8, height: 6, channels: 4, background: { ...COLOUR, alpha: 0 } } }).png().toFile(join(folder, 'half.png')), [255, 255, 255]],
    ['small.webp', flat().webp({ lossless: true }).toFile(join(folder, 'small.webp')), [150, 120, 110]],
    ['small.avif', flat().avif({ quality: 90 }).toFile(join(folder, 'small.avif')), [150, 120, 110]],
  ]
  for (const [name, written, colour] of files) {
    await written
    const decoded = await decodeRgb(join(folder, name))
    expect([name, decoded.width, decoded.height, decoded.rgb.length]).toEqual([name, 8, 6, 8 * 6 * 3])
    near(pixel(decoded, 3, 3), colour)
  }
})

test('an animated picture gives its first frame', async () => {
  const path = join(newFolder(), 'moving.gif')
  const frame = (colour: string) => sharp({ create: { width: 8, height: 6, channels: 3, background: colour } }).png().toBuffer()
  await sharp([await frame('#ff0000'), await frame('#0000ff')], { join: { animated: true } }).gif({ delay: [100, 100] }).toFile(path)
  const decoded = await decodeRgb(path)
  expect([decoded.width, decoded.height]).toEqual([8, 6])
  near(pixel(decoded, 2, 2), [255, 0, 0])
})

test('maxSide only shrinks and keeps the shape; width with height give exactly that size', async () => {
  const path = join(newFolder(), 'photo.jpg')
  await sharp(await twoHalves(400, 200, '#ff0000', '#0000ff').jpeg().toBuffer()).withMetadata({ orientation: 6 }).jpeg().toFile(path)
  const sizes = await Promise.all([{ maxSide: 100 }, { maxSide: 4000 }, { width: 64, height: 64 }].map(async (options) => {
    const { width, height, rgb } = await decodeRgb(path, options)
    expect(rgb.length).toBe(width * height * 3)
    return [width, height]
  }))
  expect(sizes).toEqual([[50, 100], [200, 400], [64, 64]])
})

test('a file cut off in the middle, an empty one, text and an SVG in disguise are errors that name the file and the reason', async () => {
  const folder = newFolder()
  const whole = await noise(300, 200).jpeg().toBuffer()
  writeFileSync(join(folder, 'cut.jpg'), whole.subarray(0, whole.length / 2))
  writeFileSync(join(folder, 'empty.jpg'), '')
  writeFileSync(join(folder, 'text.png'), 'no picture')
  writeFileSync(join(folder, 'drawing.png'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="/etc/hostname"/></svg>')
  await expect(decodeRgb(join(folder, 'cut.jpg'))).rejects.toMatchObject({ code: 'bad-file', message: expect.stringMatching(/"cut\.jpg": is cut off/) as unknown })
  for (const name of ['empty.jpg', 'text.png', 'drawing.png']) {
    await expect(decodeRgb(join(folder, name))).rejects.toMatchObject({ code: 'bad-file', message: expect.stringMatching(new RegExp(`"${name}": is not a picture`)) as unknown })
  }
  await expect(decodeRgb(join(folder, 'gone.jpg'))).rejects.toMatchObject({ code: 'not-found' })
})
