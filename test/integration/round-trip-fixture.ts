import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import sharp from 'sharp'

/** One annotation with the pixels it must have, painted by the test itself: `inside(x, y)`. */
interface Expected { readonly id: number; readonly inside: ((x: number, y: number) => boolean) | null }

const WIDTH = 40
const HEIGHT = 30
const rectangle = (x0: number, y0: number, x1: number, y1: number) => [x0, y0, x1, y0, x1, y1, x0, y1]
const within = (x0: number, y0: number, x1: number, y1: number) => (x: number, y: number) => x >= x0 && x < x1 && y >= y0 && y < y1

/** Uncompressed COCO counts of a rule, column-major from zeros: written plainly, by pixel. */
export function plainRuns(inside: (x: number, y: number) => boolean, width: number, height: number): number[] {
  const runs = [0]
  let set = false
  for (let x = 0; x < width; x++) for (let y = 0; y < height; y++) {
    if (inside(x, y) !== set) {
      runs.push(0)
      set = !set
    }
    runs[runs.length - 1]++
  }
  return runs
}

/** cocoapi's rleToString, from the page that describes it, not from our kernel. */
export function plainCounts(runs: readonly number[]): string {
  let text = ''
  runs.forEach((run, i) => {
    let x = i > 2 ? run - runs[i - 2] : run
    let more = true
    while (more) {
      let c = x & 0x1f
      x >>= 5
      more = (c & 0x10) !== 0 ? x !== -1 : x !== 0
      if (more) c |= 0x20
      text += String.fromCharCode(c + 48)
    }
  })
  return text
}

/** Pixels of compressed counts: an independent decoder, cocoapi's rleFrString and a walk down the columns. */
export function decodeCounts(counts: string, width: number, height: number): Uint8Array {
  const runs: number[] = []
  for (let p = 0; p < counts.length;) {
    let x = 0
    let k = 0
    let more = true
    while (more) {
      const c = counts.charCodeAt(p++) - 48
      x |= (c & 0x1f) << (5 * k)
      more = (c & 0x20) !== 0
      k++
      if (!more && (c & 0x10) !== 0) x |= -1 << (5 * k)
    }
    runs.push(runs.length > 2 ? x + runs[runs.length - 2] : x)
  }
  const plane = new Uint8Array(width * height)
  let position = 0
  runs.forEach((run, i) => {
    for (const end = position + run; position < end; position++) if (i % 2 === 1) plane[(position % height) * width + Math.floor(position / height)] = 1
  })
  return plane
}

const two = (x: number, y: number): boolean => within(2, 2, 8, 9)(x, y) || within(20, 5, 30, 12)(x, y)
const blob = (x: number, y: number): boolean => (x - 15) ** 2 + (y - 12) ** 2 < 80 || (x + y) % 7 === 0

/** Everything of FORMATS.md, "The round-trip fixture". Writes the pictures under `folder`/images and gives the COCO file's content. */
export async function roundTripFixture(folder: string): Promise<{ coco: Record<string, unknown>; expected: Expected[] }> {
  const picture = async (name: string, width: number, height: number, orientation?: number): Promise<void> => {
    const path = join(folder, 'images', name)
    await mkdir(dirname(path), { recursive: true })
    const seed = name.length * 13
    const pixels = Buffer.from(Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7 + seed) % 256))
    const image = sharp(pixels, { raw: { width, height, channels: 3 } })
    await (orientation === undefined ? image.jpeg() : image.withMetadata({ orientation }).jpeg()).toFile(path)
  }
  await picture('a/same.jpg', WIDTH, HEIGHT)
  await picture('b/same.jpg', WIDTH, HEIGHT)
  await picture('empty.jpg', WIDTH, HEIGHT)
  await picture('Grüße 🐎 “zwölf”.jpg', WIDTH, HEIGHT)
  // stored lying, shown standing: 30 wide, 40 high
  await picture('portrait.jpg', WIDTH, HEIGHT, 6)

  const crowdRuns = plainRuns(blob, WIDTH, HEIGHT)
  const annotation = (id: number, image_id: number, category_id: number, segmentation: unknown, rest: Record<string, unknown> = {}) =>
    ({ id, image_id, category_id, segmentation, area: 1, bbox: [0, 0, 1, 1], iscrowd: 0, ...rest })
  const { iscrowd: _, ...noCrowd } = annotation(31, 77, 90, [rectangle(10, 10, 14, 14)])
  const coco = {
    info: { description: 'round trip', year: 2017, extra: { deep: ['x', null, 1.5] } },
    licenses: [{ id: 4, name: 'Attribution', url: 'http://example.org/by' }],
    images: [
      { id: 505, file_name: 'a/same.jpg', width: WIDTH, height: HEIGHT, license: 4, flickr_url: 'http://example.org/1' },
      { id: 12, file_name: 'b/same.jpg', width: WIDTH, height: HEIGHT },
      { id: 3, file_name: 'empty.jpg', width: WIDTH, height: HEIGHT, date_captured: '2013-11-14' },
      { id: 77, file_name: 'Grüße 🐎 “zwölf”.jpg', width: WIDTH, height: HEIGHT },
      { id: 1000000, file_name: 'portrait.jpg', width: HEIGHT, height: WIDTH, ours: { tags: [1, 2] } },
    ],
    annotations: [
      annotation(9, 505, 1, [rectangle(2, 2, 8, 9), rectangle(20, 5, 30, 12)], { attributes: { occluded: true } }),
      annotation(2, 505, 18, [rectangle(1, 1, 21, 21), rectangle(6, 6, 16, 16)]),
      annotation(400, 12, 1, [rectangle(5, 6, 6, 7)]),
      annotation(7, 12, 90, [rectangle(0, 0, WIDTH, HEIGHT)]),
      annotation(21, 77, 18, { size: [HEIGHT, WIDTH], counts: crowdRuns }, { iscrowd: 1 }),
      annotation(22, 77, 18, { size: [HEIGHT, WIDTH], counts: plainCounts(crowdRuns) }, { iscrowd: 1 }),
      noCrowd,
      annotation(32, 77, 90, [rectangle(0, 0, 3, 3)], { iscrowd: true }),
      { id: 50, image_id: 77, category_id: 1, bbox: [3.5, 4.25, 10, 6], area: 60, iscrowd: 0, note: 'box only' },
      annotation(901, 1000000, 1, [rectangle(1, 20, 29, 39)], { keypoints: [1, 2, 2], num_keypoints: 1 }),
    ],
    categories: [
      { id: 1, name: 'person', supercategory: 'living', keypoints: ['nose'] },
      { id: 18, name: 'dog', supercategory: 'living' },
      { id: 90, name: 'toothbrush', supercategory: 'indoor', colour_of_theirs: '#fff' },
      { id: 44, name: 'bottle', supercategory: 'kitchen' },
    ],
    maker: { name: 'somebody else', version: [1, 2] },
  }
  await writeFile(join(folder, 'truth.json'), JSON.stringify(coco, null, 1))
  return {
    coco,
    expected: [
      { id: 9, inside: two },
      { id: 2, inside: within(1, 1, 21, 21) },
      { id: 400, inside: within(5, 6, 6, 7) },
      { id: 7, inside: () => true },
      { id: 21, inside: blob },
      { id: 22, inside: blob },
      { id: 31, inside: within(10, 10, 14, 14) },
      { id: 32, inside: within(0, 0, 3, 3) },
      { id: 50, inside: null },
      { id: 901, inside: within(1, 20, 29, 39) },
    ],
  }
}
