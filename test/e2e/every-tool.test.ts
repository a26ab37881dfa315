import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Annotation } from '../../main/contract/records.ts'
import type { Mask } from '../../main/masks/mask.ts'
import { boxMask } from '../../main/masks/place.ts'
import { rasterisePolygon } from '../../main/masks/polygon.ts'
import { areaOf, contains } from '../../main/masks/rle.ts'
import { intersectionArea, iou, subtractMasks, unionAll } from '../../main/masks/set-operations.ts'
import type { Annotator } from './annotator.ts'
import { drawPictures, PICTURES } from './draw-pictures.ts'
import { clientBeside } from './engine-client.ts'
import { SHOTS, workplace } from './workplace.ts'

// Each tool by real pointer and key events: nothing is stored while it is previewed or given up, the right px when it is
// kept, and one undo takes it back.
const place = workplace('tools')
const picture = PICTURES[0]
const { width, height, ball } = picture
/** how far a hand on a screen px may be off at the border of a mask */
const AS_DRAWN = 0.93
let page: Page
let hands: Annotator
let engine: Awaited<ReturnType<typeof clientBeside>>
const ids = new Map<string, number>()
let errors: readonly string[]

beforeAll(async () => {
  await drawPictures(place.photos)
  ;({ page, hands, errors } = await place.open(['--project', place.project, '--images', place.photos], { colorScheme: 'dark' }))
  await hands.addClasses('one, two')
  await hands.openPicture(picture.name)
  await page.locator('[data-picture=shown]').waitFor()
  engine = await clientBeside(page)
  for (const { id, path } of (await engine.call('images.page', { offset: 0, limit: 10 })).rows) ids.set(path, id)
})

afterAll(async () => {
  engine.close()
})

const idOf = (name: string): number => ids.get(name) ?? 0
const key = (chord: string) => page.keyboard.press(chord)
/** What the engine holds of a picture, back to front. */
async function stored(name = picture.name): Promise<readonly Annotation[]> {
  await hands.saved()
  const { annotations } = await engine.call('image.open', { imageId: idOf(name) })
  return annotations.toSorted((a, b) => a.z - b.z || a.id - b.id)
}
const masks = async (): Promise<Mask[]> => (await stored()).map(({ mask }) => mask)
const phase = () => page.getByRole('contentinfo').locator('.status-item').first().innerText()
/** The last edit, which `before` was there without, is taken back by one undo. */
async function undoTo(before: readonly Mask[]): Promise<void> {
  await key('Escape')
  await key('Control+z')
  await expect.poll(masks).toEqual(before)
}
async function drag(from: readonly [number, number], ...more: readonly (readonly [number, number])[]): Promise<void> {
  const start = await hands.at(picture, ...from)
  await page.mouse.move(start.x, start.y)
  await page.mouse.down()
  for (const point of more) {
    const to = await hands.at(picture, ...point)
    await page.mouse.move(to.x, to.y, { steps: 6 })
  }
}
/** Takes the wand, and waits until tools that go by colour have the picture's px: until then a click says that it is being loaded. */
async function wandReady(): Promise<void> {
  await key('w')
  await expect.poll(async () => {
    await hands.click(picture, ball.x, ball.y)
    return phase()
  }).toContain('·')
  await key('Escape')
}
async function drop(): Promise<void> {
  await page.mouse.up()
  await hands.saved()
}
async function box(x0: number, y0: number, x1: number, y1: number, classKey = '1'): Promise<void> {
  await key('Escape')
  await key('Escape')
  await key(classKey)
  await key('r')
  await drag([x0, y0], [x1, y1])
  await drop()
  await key('Escape')
}

beforeEach(async () => {
  // an empty picture for each
  await hands.onPicture(picture.name)
  await key('Escape')
  await key('Escape')
  const left = await stored()
  if (left.length > 0) await engine.call('diff.apply', { diff: { added: [], updated: [], removed: [...left] }, imageId: idOf(picture.name), label: 'reject' })
  await expect.poll(() => hands.annotations().getByRole('listitem').count()).toBe(0)
})

describe('what makes masks', () => {
  test('brush and eraser: Esc in the middle of a stroke leaves nothing; a stroke is stored as it ends', async () => {
    await key('b')
    await drag([60, 60], [140, 60])
    await key('Escape')
    await drop()
    expect(await masks()).toEqual([])
    await drag([60, 60], [140, 60])
    await drop()
    const painted = await masks()
    expect(painted).toHaveLength(1)
    expect(contains(painted[0], 100, 60) && contains(painted[0], 60, 66) && !contains(painted[0], 160, 60)).toBe(true)
    await key('x')
    await drag([100, 30], [100, 90])
    await key('Escape')
    await drop()
    expect(await masks()).toEqual(painted)
    await drag([100, 30], [100, 90])
    await drop()
    const [rest] = await masks()
    expect(contains(rest, 100, 60)).toBe(false)
    expect(contains(rest, 70, 60) && contains(rest, 130, 60)).toBe(true)
    await undoTo(painted)
    await undoTo([])
  })

  test('polygon: clicks, a press of Alt that takes a corner away, Backspace, the first corner closes; freehand; Esc', async () => {
    await key('p')
    for (const [x, y] of [[40, 40], [120, 40], [200, 10], [120, 100], [40, 100]] as const) await hands.click(picture, x, y)
    await page.keyboard.down('Alt')
    await hands.click(picture, 200, 10)
    await page.keyboard.up('Alt')
    await hands.click(picture, 20, 160)
    await key('Backspace')
    expect(await masks()).toEqual([])
    await hands.click(picture, 40, 40)
    expect(iou((await masks())[0], boxMask(40, 40, 120, 100))).toBeGreaterThan(AS_DRAWN)
    await undoTo([])
    await drag([150, 50], [250, 50], [250, 120], [150, 120], [150, 50])
    await drop()
    expect(iou((await masks())[0], boxMask(150, 50, 250, 120))).toBeGreaterThan(AS_DRAWN)
    await undoTo([])
    for (const [x, y] of [[40, 40], [120, 40], [120, 100]] as const) await hands.click(picture, x, y)
    await key('Escape')
    await key('Enter')
    expect(await masks()).toEqual([])
  })

  test('box: to the px of the corners', async () => {
    await key('r')
    await drag([20, 30], [90, 80])
    expect(await masks()).toEqual([])
    await key('Escape')
    await drop()
    expect(await masks()).toEqual([])
    await box(20, 30, 90, 80)
    expect(await masks()).toEqual([boxMask(20, 30, 90, 80)])
    await undoTo([])
  })

  test('wand: the ball by its colour, more of it by the size keys, kept on Enter', async () => {
    await wandReady()
    const disc = rasterisePolygon([Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? ball.x + ball.radius * Math.cos((i * Math.PI) / 100) : ball.y + ball.radius * Math.sin(((i - 1) * Math.PI) / 100)))], width, height)
    await hands.click(picture, ball.x, ball.y)
    expect(await phase()).toContain('·')
    expect(await masks()).toEqual([])
    await key('Escape')
    await hands.click(picture, ball.x, ball.y)
    for (let i = 0; i < 3; i++) await key('Shift+BracketRight')
    await page.screenshot({ path: join(SHOTS, 'tool-wand.png') })
    await key('Enter')
    const [found] = await masks()
    expect(iou(found, disc)).toBeGreaterThan(0.9)
    await undoTo([])
  })

  test('superpixels: the cells a drag comes over', async () => {
    await wandReady()
    await key('Shift+S')
    await drag([ball.x - 10, ball.y], [ball.x + 10, ball.y])
    expect(await masks()).toEqual([])
    await key('Escape')
    await drop()
    expect(await masks()).toEqual([])
    await drag([ball.x - 10, ball.y], [ball.x + 10, ball.y])
    await drop()
    const [found] = await masks()
    for (let x = ball.x - 9; x < ball.x + 9; x++) expect(contains(found, x, ball.y)).toBe(true)
    await undoTo([])
  })
})

describe('what changes masks', () => {
  test('select and move: by whole px; Esc puts it back', async () => {
    await box(40, 40, 90, 80)
    const before = await masks()
    await key('v')
    await hands.click(picture, 60, 60)
    await drag([60, 60], [90, 75])
    await key('Escape')
    await drop()
    expect(await masks()).toEqual(before)
    await hands.click(picture, 60, 60)
    await drag([60, 60], [90, 75])
    await drop()
    expect(await masks()).toEqual([boxMask(70, 55, 120, 95)])
    await undoTo(before)
  })

  test('corners: nothing dragged changes nothing; a corner, a new one on an edge, one less; the size keys simplify', async () => {
    await box(40, 40, 140, 120)
    const before = await masks()
    await hands.click(picture, 90, 80)
    await key('v')
    await hands.click(picture, 90, 80)
    await key('n')
    await hands.click(picture, 40, 40)
    await key('BracketRight')
    await hands.click(picture, 40, 40)
    const tolerance = page.getByRole('toolbar', { name: 'Picture controls' }).getByRole('slider', { name: /^Tolerance of the outline/ })
    await tolerance.focus()
    await page.keyboard.press('ArrowRight')
    expect(await tolerance.inputValue()).toBe('2.5')
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('group', { name: 'Picture' }).focus()
    expect(await masks()).toEqual(before)
    await drag([40, 40], [20, 20])
    expect(await masks()).toEqual(before)
    await drop()
    expect(iou((await masks())[0], rasterisePolygon([[20, 20, 140, 40, 140, 120, 40, 120]], width, height))).toBeGreaterThan(AS_DRAWN)
    await key('Control+z')
    await expect.poll(masks).toEqual(before)
    await drag([140, 80], [180, 80])
    await drop()
    expect(iou((await masks())[0], rasterisePolygon([[40, 40, 140, 40, 180, 80, 140, 120, 40, 120]], width, height))).toBeGreaterThan(AS_DRAWN)
    await page.screenshot({ path: join(SHOTS, 'tool-corners.png') })
    await page.keyboard.down('Alt')
    await hands.click(picture, 180, 80)
    await page.keyboard.up('Alt')
    await expect.poll(async () => iou((await masks())[0], before[0])).toBeGreaterThan(AS_DRAWN)
  })

  test('fill holes, remove islands, smooth, grow, shrink: shown first, given up by Esc, kept by Enter', async () => {
    await box(40, 40, 140, 120)
    await key('v')
    await hands.click(picture, 50, 50)
    await key('e')
    await hands.click(picture, 90, 80)
    const [holed] = await masks()
    expect(areaOf(holed)).toBeLessThan(8000)
    await key('v')
    for (const [chord, expected] of [
      ['f', boxMask(40, 40, 140, 120)],
      ['Alt+BracketRight', null],
      ['Alt+BracketLeft', null],
      ['m', null],
      ['Shift+F', null],
    ] as const) {
      await key(chord)
      const kind = chord === 'Shift+F' ? 'islands' : chord
      if (kind !== 'islands') expect(await masks(), chord).toEqual([holed])
      await key('Escape')
      expect(await masks(), chord).toEqual([holed])
      await key(chord)
      if (chord.startsWith('Alt')) await key('BracketRight')
      if (chord === 'f') await page.screenshot({ path: join(SHOTS, 'tool-fill-holes.png') })
      await key('Enter')
      const [now] = await masks()
      if (expected !== null) expect(now).toEqual(expected)
      if (chord === 'Alt+BracketRight') expect(now).toMatchObject({ x: 37, y: 37, width: 106, height: 86 })
      if (chord === 'Alt+BracketLeft') expect(now).toMatchObject({ x: 43, y: 43, width: 94, height: 74 })
      if (chord === 'm') expect(iou(now, holed)).toBeGreaterThan(AS_DRAWN)
      if (chord === 'Shift+F') expect(now).toEqual(holed)
      else {
        await key('Control+z')
        await expect.poll(masks).toEqual([holed])
      }
    }
  })

  test('union, subtract, intersect of what is selected together', async () => {
    await box(40, 40, 100, 100)
    await box(80, 60, 160, 120)
    const before = await masks()
    const [a, b] = before
    for (const [chord, expected] of [['u', [unionAll([a, b])]], ['j', [subtractMasks(a, b), b]], ['i', [boxMask(80, 60, 100, 100)]]] as const) {
      await key('v')
      await key('Escape')
      await hands.click(picture, 50, 50)
      await page.keyboard.down('Shift')
      await hands.click(picture, 150, 110)
      await page.keyboard.up('Shift')
      await key(chord)
      expect(await masks()).toEqual(before)
      await key('Escape')
      expect(await masks()).toEqual(before)
      await key(chord)
      await key('Enter')
      expect(await masks(), chord).toEqual(expected)
      await undoTo(before)
    }
  })

  test('split by a drawn line, and parts made annotations of their own', async () => {
    await box(40, 40, 140, 120)
    const before = await masks()
    await key('v')
    await hands.click(picture, 60, 60)
    await key('k')
    await drag([90, 20], [90, 140])
    await key('Escape')
    await drop()
    expect(await masks()).toEqual(before)
    await drag([90, 20], [90, 140])
    await drop()
    const halves = await masks()
    expect(halves).toHaveLength(2)
    expect(areaOf(halves[0]) + areaOf(halves[1])).toBe(8000)
    expect(intersectionArea(halves[0], halves[1])).toBe(0)
    await undoTo(before)
    await key('v')
    await hands.click(picture, 60, 60)
    await key('e')
    await drag([90, 20], [90, 140])
    await drop()
    const two = await masks()
    expect(two).toHaveLength(1)
    await key('o')
    expect(await masks()).toEqual(two)
    await key('Enter')
    expect(await masks()).toHaveLength(2)
    await undoTo(two)
  })

  test('shared borders: the neighbour follows; kept neighbours stay; a locked one is never painted over', async () => {
    await box(40, 40, 100, 120)
    await box(100, 40, 160, 120, '2')
    const before = await masks()
    const cycle = async (words: RegExp) => {
      for (let i = 0; i < 4; i++) {
        const button = page.getByRole('button', { name: /^What paint spares/ })
        if (words.test((await button.getAttribute('aria-label')) ?? '')) return
        await key('Shift+L')
      }
    }
    await cycle(/shared/)
    await key('v')
    await hands.click(picture, 60, 60)
    await key('n')
    await drag([100, 40], [80, 40])
    await drop()
    const [left, right] = await masks()
    expect(areaOf(left)).toBeLessThan(areaOf(before[0]) - 600)
    expect(areaOf(left) + areaOf(right)).toBe(areaOf(before[0]) + areaOf(before[1]))
    expect(intersectionArea(left, right)).toBe(0)
    await key('Control+z')
    await expect.poll(masks).toEqual(before)
    await key('b')
    await drag([90, 80], [120, 80])
    await drop()
    const [pushed, back] = await masks()
    expect(contains(pushed, 120, 80) && !contains(back, 120, 80)).toBe(true)
    await undoTo(before)
    await cycle(/every other/)
    await key('v')
    await hands.click(picture, 60, 60)
    await key('b')
    await drag([90, 80], [120, 80])
    await drop()
    expect(await masks()).toEqual(before)
    await cycle(/locked/)
    await key('v')
    await hands.click(picture, 130, 60)
    await key('l')
    await key('b')
    await drag([130, 80], [130, 90])
    await drop()
    expect(await masks()).toEqual(before)
    await key('v')
    await hands.click(picture, 60, 60)
    await key('b')
    await drag([90, 80], [120, 80])
    await drop()
    expect(await masks()).toEqual(before)
  })

  test('order, crowd, class, duplicate, copy to the next image', async () => {
    await box(40, 40, 100, 100)
    await box(60, 60, 120, 120, '2')
    const order = async () => (await stored()).map(({ id }) => id)
    const [back, front] = await order()
    await key('v')
    await hands.click(picture, 50, 50)
    await key('Control+Shift+BracketRight')
    expect(await order()).toEqual([front, back])
    await key('Control+z')
    await expect.poll(order).toEqual([back, front])
    await key('q')
    expect((await stored())[0].crowd).toBe(true)
    await key('Control+z')
    await expect.poll(async () => (await stored())[0].crowd).toBe(false)
    await key('2')
    const [one, two] = await stored()
    expect(one.classId).toBe(two.classId)
    await key('Control+d')
    expect((await masks()).at(-1)).toEqual(boxMask(50, 50, 110, 110))
    await key('Control+z')
    await expect.poll(order).toEqual([back, front])
    await key('Escape')
    await hands.click(picture, 50, 50)
    await key('Shift+C')
    await hands.onPicture(PICTURES[1].name)
    await expect.poll(async () => (await stored(PICTURES[1].name)).map(({ mask }) => mask)).toEqual([boxMask(40, 40, 100, 100)])
    await key('ArrowLeft')
    await hands.onPicture(picture.name)
  })
})

test('the page threw nothing', () => {
  expect(errors).toEqual([])
})
