import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { boxMask } from '../../main/masks/place.ts'
import type { Annotator } from './annotator.ts'
import { drawPictures, PICTURES } from './draw-pictures.ts'
import { clientBeside } from './engine-client.ts'
import { workplace } from './workplace.ts'

// The key table as an annotator's hands know it; what tools do with their keys is in every-tool.test.ts.
const place = workplace('keys')
const [first, second, third] = PICTURES
let page: Page
let hands: Annotator
let engine: Awaited<ReturnType<typeof clientBeside>>
let firstId = 0

beforeAll(async () => {
  await drawPictures(place.photos)
  ;({ page, hands } = await place.open(['--project', place.project, '--images', place.photos]))
  await hands.addClasses('one, two')
  await hands.openPicture(first.name)
  await page.locator('[data-picture=shown]').waitFor()
  engine = await clientBeside(page)
  firstId = (await engine.call('images.page', { offset: 0, limit: 1 })).rows[0].id
})

afterAll(async () => {
  engine.close()
})

const key = (chord: string) => page.keyboard.press(chord)
const bar = () => page.getByRole('contentinfo')
const zoom = async (): Promise<number> => Number.parseInt((await bar().getByText(/^\d+ %$/).innerText()), 10)
const tool = () => page.locator('[data-tool]').getAttribute('data-tool')
const stored = async () => {
  await hands.saved()
  return (await engine.call('image.open', { imageId: firstId })).annotations
}

test('each tool has its letter, X swaps brush and eraser, the brackets and Alt+wheel set the radius', async () => {
  for (const [letter, name] of [['v', 'select'], ['b', 'brush'], ['e', 'eraser'], ['p', 'polygon'], ['r', 'box'], ['w', 'wand'], ['s', 'smartClick'], ['n', 'vertices'], ['k', 'split'], ['Shift+S', 'superpixel']] as const) {
    await key(letter)
    expect(await tool(), letter).toBe(name)
  }
  await key('b')
  await key('x')
  expect(await tool()).toBe('eraser')
  await key('x')
  expect(await tool()).toBe('brush')
  const radius = async () => Number.parseFloat(await page.getByRole('group', { name: 'Brush radius' }).getByRole('status').innerText())
  const before = await radius()
  await key('BracketRight')
  expect(await radius()).toBe(before + 1)
  await key('Shift+BracketRight')
  expect(await radius()).toBe(before + 11)
  await key('Shift+BracketLeft')
  await key('BracketLeft')
  expect(await radius()).toBe(before)
  const middle = await hands.at(first, 160, 120)
  await page.mouse.move(middle.x, middle.y)
  await page.keyboard.down('Alt')
  await page.mouse.wheel(0, -100)
  await page.keyboard.up('Alt')
  await expect.poll(radius).toBeGreaterThan(before)
})

test('the view: wheel and Ctrl+wheel zoom at the cursor, Space and the middle button pan, Shift+1, Ctrl+F and a double-click on nothing fit, Shift+2 and Ctrl+0 are 100 %', async () => {
  await key('v')
  await key('Shift+Digit1')
  const fitted = await zoom()
  const at = await hands.at(first, 40, 40)
  await page.mouse.move(at.x, at.y)
  const cursor = () => bar().locator('.status-cursor').innerText()
  const under = await cursor()
  await page.mouse.wheel(0, -300)
  await expect.poll(zoom).toBeGreaterThan(fitted)
  expect(await cursor()).toBe(under)
  const once = await zoom()
  await page.keyboard.down('Control')
  await page.mouse.wheel(0, -300)
  await page.keyboard.up('Control')
  await expect.poll(zoom).toBeGreaterThan(once)
  expect(await cursor()).toBe(under)
  for (const how of ['space', 'middle'] as const) {
    await page.mouse.move(at.x, at.y)
    const place = await cursor()
    if (how === 'space') await page.keyboard.down('Space')
    await page.mouse.down({ button: how === 'middle' ? 'middle' : 'left' })
    await page.mouse.move(at.x + 60, at.y + 40, { steps: 4 })
    await page.mouse.up({ button: how === 'middle' ? 'middle' : 'left' })
    if (how === 'space') await page.keyboard.up('Space')
    await page.mouse.move(at.x + 61, at.y + 41)
    await page.mouse.move(at.x + 60, at.y + 40)
    // what was under the pointer went along
    await expect.poll(cursor, { message: how }).toBe(place)
  }
  for (const chord of ['Shift+Digit2', 'Control+Digit0']) {
    await key('Shift+Digit1')
    await key(chord)
    await expect.poll(zoom, { message: chord }).toBe(100)
  }
  await key('Control+f')
  await expect.poll(zoom).toBe(fitted)
  await key('Shift+Digit2')
  const canvas = await hands.canvas(first.name).boundingBox()
  await page.mouse.dblclick((canvas?.x ?? 0) + 6, (canvas?.y ?? 0) + 6)
  await expect.poll(zoom).toBe(fitted)
})

test('images: D and A, the arrows, next unfinished, done and on; the filmstrip is not needed', async () => {
  const on = (name: string) => hands.canvas(name).waitFor()
  await key('d')
  await on(second.name)
  await key('ArrowRight')
  await on(third.name)
  await key('a')
  await on(second.name)
  await key('ArrowLeft')
  await on(first.name)
  await key('Control+Shift+D')
  await on(second.name)
  await key('Control+Enter')
  await on(third.name)
  await key('Control+Shift+A')
  await on(first.name)
})

test('objects: digits and Ctrl+digits name, H hides, T shows all, L locks, Q is the crowd flag, Tab goes round, Delete removes; Ctrl+S answers', async () => {
  await hands.onPicture(first.name)
  await key('1')
  for (const [x, y] of [[20, 20], [80, 20]] as const) {
    await key('r')
    const [from, to] = [await hands.at(first, x, y), await hands.at(first, x + 40, y + 40)]
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    await page.mouse.move(to.x, to.y, { steps: 4 })
    await page.mouse.up()
    await hands.saved()
  }
  await key('v')
  expect((await stored()).map(({ mask }) => mask)).toEqual([boxMask(20, 20, 60, 60), boxMask(80, 20, 120, 60)])
  await key('Escape')
  await key('Tab')
  await key('Control+Digit2')
  const [one, two] = await stored()
  expect(two.classId).not.toBe(one.classId)
  await key('Tab')
  await key('2')
  expect((await stored()).map(({ classId }) => classId)).toEqual([two.classId, two.classId])
  await key('Shift+Tab')
  await key('q')
  expect((await stored()).map(({ crowd }) => crowd)).toEqual([false, true])
  await key('l')
  await key('Delete')
  expect((await stored()).map(({ locked }) => locked)).toEqual([false, true])
  await page.getByText('This annotation is locked.').waitFor()
  await key('l')
  await key('h')
  await expect.poll(() => page.locator('.annotation-row-hidden').count()).toBe(1)
  await key('t')
  await expect.poll(() => page.locator('.annotation-row-hidden').count()).toBe(0)
  await key('Escape')
  await key('Tab')
  await key('Delete')
  expect(await stored()).toHaveLength(1)
  for (const [chord, left] of [['Control+z', 2], ['Control+Shift+Z', 1], ['Control+z', 2], ['Control+y', 1]] as const) {
    await key(chord)
    await expect.poll(async () => (await stored()).length, { message: chord }).toBe(left)
  }
  await key('Control+s')
  await page.getByRole('status').filter({ hasText: /saved/i }).first().waitFor()
})

test('no key fires while a name is typed; ? and F1 show the keys', async () => {
  await key('v')
  await page.getByLabel('Add a class').first().fill('')
  await page.getByLabel('Add a class').first().focus()
  await page.keyboard.type('bed?')
  expect(await tool()).toBe('select')
  expect(await page.getByLabel('Add a class').first().inputValue()).toBe('bed?')
  expect(await page.getByRole('dialog').count()).toBe(0)
  await page.getByLabel('Add a class').first().fill('')
  await page.getByRole('group', { name: 'Picture' }).focus()
  for (const chord of ['Shift+?', 'F1']) {
    await key(chord)
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await key('Escape')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' })
  }
})
