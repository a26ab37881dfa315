import { expect, test } from 'vitest'
import type { ClickQuestion } from '../../../main/contract/smart-click.ts'
import type { Mask } from '../../../main/masks/mask.ts'
import { areaOf, decodeInto } from '../../../main/masks/rle.ts'
import { createWindowClicks, type WindowClicks } from '../../../main/pipeline/click-windows.ts'
import { CLICK_NETWORKS } from '../../../main/segment/click-weights.ts'
import { naiveProducts } from '../segment/naive-products.ts'

const WIDTH = 200, HEIGHT = 140
const DISC = { x: 70, y: 60, radius: 30 }
const isDisc = (x: number, y: number): boolean => Math.hypot(x + 0.5 - DISC.x, y + 0.5 - DISC.y) < DISC.radius
const rgb = Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, (_, k) => {
  const x = Math.floor(k / 3) % WIDTH, y = Math.floor(k / 3 / WIDTH)
  return (isDisc(x, y) ? [180, 40, 30] : [90, 150, 80])[k % 3] + Math.round(8 * Math.sin(5 * x + 3 * y + k))
})
// a walk that knows nothing of the picture
const made = (): WindowClicks => createWindowClicks({ width: WIDTH, height: HEIGHT, fine: { rgb, width: WIDTH, height: HEIGHT }, walkFrom: () => ({ times: new Float32Array(16).fill(5), rows: 4, columns: 4 }) }, CLICK_NETWORKS, naiveProducts)
const asked = (clicks: ClickQuestion['clicks'], box: ClickQuestion['box'] = null, threshold = 1) => ({ clicks, box, threshold })
const click = (x: number, y: number, include = true) => ({ x, y, include })

function iouWithDisc(mask: Mask): number {
  const plane = new Uint8Array(WIDTH * HEIGHT)
  decodeInto(mask, plane, WIDTH, 1)
  let both = 0, either = 0
  for (let i = 0; i < plane.length; i++) {
    const truth = isDisc(i % WIDTH, Math.floor(i / WIDTH))
    if (truth && plane[i] === 1) both++
    if (truth || plane[i] === 1) either++
  }
  return both / either
}

test('a box alone, and a click in it, give the object in it; nothing passes the box', async () => {
  const windows = made()
  const box = [DISC.x - 31.4, DISC.y - 31.2, DISC.x + 31.3, DISC.y + 30.6] as [number, number, number, number]
  expect(iouWithDisc(await windows.mask(asked([], box)))).toBeGreaterThan(0.85)
  expect(iouWithDisc(await windows.mask(asked([click(DISC.x, DISC.y)], box)))).toBeGreaterThan(0.85)
  // a box through the disc: what lies outside stays outside
  const half = [DISC.x - 31, DISC.y - 31, DISC.x + 4.6, DISC.y + 31] as [number, number, number, number]
  const { x, width, y, height } = await windows.mask(asked([click(DISC.x - 10, DISC.y)], half))
  expect([x >= half[0], x + width, y >= half[1], y + height <= half[3]]).toEqual([true, 75, true, true])
})

test('the answer is the same whether the clicks come one by one, all at once, or one is taken back', async () => {
  const clicks = [click(70, 60), click(150, 100, false), click(60, 45), click(110, 60, false)]
  for (const box of [null, [30, 20, 120, 110] as [number, number, number, number]]) {
    const byOne = made()
    const steps = await Promise.all(clicks.map((_, k) => byOne.mask(asked(clicks.slice(0, k + 1), box))))
    expect(await made().mask(asked(clicks, box))).toEqual(steps[3])
    expect(await byOne.mask(asked(clicks.slice(0, 2), box))).toEqual(steps[1])
    // another place for the same number of clicks is another question
    expect(await byOne.mask(asked([clicks[0], click(10, 10, false)], box))).toEqual(await made().mask(asked([clicks[0], click(10, 10, false)], box)))
  }
})

test('a larger threshold takes no less, and the odds stand', async () => {
  const windows = made()
  const areas = (await Promise.all([0.2, 1, 5].map((threshold) => windows.mask(asked([click(DISC.x, DISC.y)], null, threshold))))).map(areaOf)
  expect(areas).toEqual([...areas].sort((a, b) => a - b))
  expect(areas[2]).toBeGreaterThan(areas[0])
})

test('without a box the first click is one that includes, whatever came before it', async () => {
  const [out, inside] = [click(150, 100, false), click(DISC.x, DISC.y)]
  expect(await made().mask(asked([out, inside]))).toEqual(await made().mask(asked([inside, out])))
})

test('the window follows what was clicked: far from it, the mask is as fine as a small window', async () => {
  const windows = made()
  const { state, framed } = await windows.step(null, click(DISC.x, DISC.y), null, 1)
  expect(framed.frame).toEqual([0, 0, WIDTH, HEIGHT])
  // after a first mask the size of the disc
  const mask = Uint8Array.from({ length: framed.window.width * framed.window.height }, (_, i) => (isDisc(((i % framed.window.width) * WIDTH) / framed.window.width, (Math.floor(i / framed.window.width) * HEIGHT) / framed.window.height) ? 1 : 0))
  const next = await windows.step({ clicks: [click(DISC.x, DISC.y)], framed, state: { ...state, mask } }, click(75, 65), null, 1)
  const [x0, y0, x1, y1] = next.framed.frame
  expect([x1 - x0, y1 - y0].every((side) => side > 60 && side < 130)).toBe(true)
  expect(next.framed.window.width / (x1 - x0)).toBeGreaterThan(framed.window.width / WIDTH)
})

test('a window made before the click gives the answer that one made after it does, wherever the click is', async () => {
  for (const next of [click(75, 65), click(72, 58, false), click(180, 20)]) {
    const prepared = made(), plain = made()
    for (const windows of [prepared, plain]) await windows.mask(asked([click(DISC.x, DISC.y)]))
    prepared.prepareNext()
    const answer = await prepared.mask(asked([click(DISC.x, DISC.y), next]))
    expect(answer).toEqual(await plain.mask(asked([click(DISC.x, DISC.y), next])))
    expect(areaOf(answer)).toBeGreaterThan(0)
  }
})

test('the window made while the answer is looked at is the one that the next click on the object takes', async () => {
  let walks = 0
  const windows = createWindowClicks({ width: WIDTH, height: HEIGHT, fine: { rgb, width: WIDTH, height: HEIGHT }, walkFrom: () => {
    walks++
    return { times: new Float32Array(16).fill(5), rows: 4, columns: 4 }
  } }, CLICK_NETWORKS, naiveProducts)
  await windows.mask(asked([click(DISC.x, DISC.y)]))
  windows.prepareNext()
  // the first click, and the same told to the next window
  expect(walks).toBe(2)
  windows.prepareNext()
  await windows.mask(asked([click(DISC.x, DISC.y), click(72, 62)]))
  expect(walks).toBe(3)
  const fresh = made()
  fresh.prepareNext()
  expect(await fresh.mask(asked([]))).toEqual({ x: 0, y: 0, width: 0, height: 0, runs: new Uint8Array(0) })
})
