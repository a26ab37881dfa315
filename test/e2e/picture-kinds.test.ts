import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { beforeAll, expect, test } from 'vitest'
import type { Annotator } from './annotator.ts'
import type { DrawnPicture } from './draw-pictures.ts'
import { ROOT, type ServedApp } from './served-app.ts'
import { workplace } from './workplace.ts'

// Every kind of picture is shown upright, and what is drawn on it is stored in its upright px.
const WIDTH = 320
const HEIGHT = 240
/** grey levels of the left and the right half, of 255; a corner is white so that "upright" is one way only */
const [DARK, LIGHT] = [60, 180]
/** screen px and JPEG move a drawn box's edge, px of the picture */
const EDGE_PX = 2
/** of 255: what colour spaces and JPEG do to a grey */
const GREY_TOLERANCE = 20

const place = workplace('kinds')
let app: ServedApp
let page: Page
let hands: Annotator

const plain = () => sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: { r: DARK, g: DARK, b: DARK } } })
  .composite([{ input: { create: { width: WIDTH / 2, height: HEIGHT, channels: 3, background: { r: LIGHT, g: LIGHT, b: LIGHT } } }, left: WIDTH / 2, top: 0 }, { input: { create: { width: 40, height: 30, channels: 3, background: '#ffffff' } }, left: 0, top: 0 }])
/** A twelve-bit picture in 16 bits a channel: as it is, it would be nearly black. */
const deep = async () => {
  const { data } = await plain().toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
  return sharp(Uint16Array.from(data, (value) => value * 16), { raw: { width: WIDTH, height: HEIGHT, channels: 1 } }).toColourspace('grey16')
}

/** A TIFF with two pages: ours and a black one. Uncompressed greyscale, little-endian (TIFF 6.0, sections 2 and 8). */
function twoPages(first: Uint8Array): Buffer {
  const pages = [first, new Uint8Array(first.length)]
  const directory = (offset: number, next: number) => {
    const entries: readonly (readonly [number, number, number])[] = [[256, 3, WIDTH], [257, 3, HEIGHT], [258, 3, 8], [259, 3, 1], [262, 3, 1], [273, 4, offset], [277, 3, 1], [278, 3, HEIGHT], [279, 4, first.length]]
    const bytes = Buffer.alloc(2 + entries.length * 12 + 4)
    bytes.writeUInt16LE(entries.length, 0)
    for (const [i, [tag, type, value]] of entries.entries()) {
      bytes.writeUInt16LE(tag, 2 + i * 12)
      bytes.writeUInt16LE(type, 4 + i * 12)
      bytes.writeUInt32LE(1, 6 + i * 12)
      if (type === 3) bytes.writeUInt16LE(value, 10 + i * 12)
      else bytes.writeUInt32LE(value, 10 + i * 12)
    }
    bytes.writeUInt32LE(next, 2 + entries.length * 12)
    return bytes
  }
  const length = directory(0, 0).length
  const secondAt = 8 + length + first.length
  const header = Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0])
  return Buffer.concat([header, directory(8 + length, secondAt), pages[0], directory(secondAt + length, 0), pages[1]])
}

const KINDS: Readonly<Record<string, () => Promise<Buffer>>> = {
  'plain.png': () => plain().png().toBuffer(),
  'grey.jpg': () => plain().toColourspace('b-w').jpeg({ quality: 95 }).toBuffer(),
  'cmyk.jpg': () => plain().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(),
  'photo.webp': () => plain().webp({ quality: 95 }).toBuffer(),
  'photo.avif': () => plain().avif({ quality: 90 }).toBuffer(),
  'pages.tif': async () => twoPages((await plain().toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })).data),
  'deep.png': async () => (await deep()).png().toBuffer(),
  // turned by 90° in the file, upright by its EXIF orientation
  'turned.jpg': async () => sharp(await sharp(await plain().png().toBuffer()).rotate(270).png().toBuffer()).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer(),
}
const asDrawn = (name: string): DrawnPicture => ({ name, width: WIDTH, height: HEIGHT, ball: { x: 0, y: 0, radius: 0 }, box: { x: 0, y: 0, width: 0, height: 0 } })

beforeAll(async () => {
  mkdirSync(place.photos, { recursive: true })
  for (const [name, make] of Object.entries(KINDS)) writeFileSync(join(place.photos, name), await make())
  ;({ app, page, hands } = await place.open(['--project', place.project, '--images', place.photos], { colorScheme: 'dark' }))
  await hands.addClasses('part')
})

/** What the screen shows at a place of the picture, of 255. */
async function greyAt(picture: DrawnPicture, x: number, y: number): Promise<number> {
  const place = await hands.at(picture, x, y)
  const shot = await page.screenshot({ clip: { x: Math.round(place.x) - 3, y: Math.round(place.y) - 3, width: 6, height: 6 } })
  const { channels } = await sharp(shot).stats()
  return (channels[0].mean + channels[1].mean + channels[2].mean) / 3
}

test.each(Object.keys(KINDS))('%s is shown upright, and a box is drawn on it', async (name) => {
  const picture = asDrawn(name)
  await page.getByRole('button', { name: new RegExp(`^${name}`) }).click()
  await hands.onPicture(name)
  await page.locator('[data-picture="shown"]').waitFor()
  await page.keyboard.press('Escape')
  // 16 bits are spread over what the picture uses, so only the order of its greys is known
  const known = !name.startsWith('deep')
  const [dark, light, corner] = [await greyAt(picture, 100, 120), await greyAt(picture, 240, 120), await greyAt(picture, 20, 15)]
  expect(light - dark).toBeGreaterThan(60)
  expect(corner).toBeGreaterThan(light + 30)
  if (known) expect([Math.abs(dark - DARK) < GREY_TOLERANCE, Math.abs(light - LIGHT) < GREY_TOLERANCE]).toEqual([true, true])
  await page.keyboard.press('1')
  await page.keyboard.press('r')
  await hands.stroke(picture, [[200, 140], [280, 200]])
  await page.keyboard.press('v')
})

test('the boxes are stored in upright px', async () => {
  await app.stop()
  const out = join(place.home, 'coco.json')
  const run = spawnSync(process.execPath, [join(ROOT, 'main/cli/maskwright.ts'), 'export', '--project', place.project, '--out', out], { encoding: 'utf8', env: { ...process.env, MASKWRIGHT_DATA: join(place.home, 'data') } })
  expect(run.status, run.stderr).toBe(0)
  const coco = JSON.parse(readFileSync(out, 'utf8')) as { images: { id: number; file_name: string; width: number; height: number }[]; annotations: { image_id: number; bbox: number[] }[] }
  for (const name of Object.keys(KINDS)) {
    const image = coco.images.find((one) => one.file_name === name)
    expect([name, image?.width, image?.height]).toEqual([name, WIDTH, HEIGHT])
    const [box] = coco.annotations.filter((one) => one.image_id === image?.id).map(({ bbox }) => bbox)
    const off = [200, 140, 80, 60].map((value, i) => Math.abs(value - box[i]))
    expect([name, off.every((px) => px <= EDGE_PX)], `${name}: ${box.join()}`).toEqual([name, true])
  }
})
