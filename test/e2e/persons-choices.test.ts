import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { Annotator } from './annotator.ts'
import { drawPictures, PICTURES } from './draw-pictures.ts'
import type { ServedApp } from './served-app.ts'
import { WINDOW, workplace } from './workplace.ts'

// What a person may choose for themselves, and that it is remembered.
const place = workplace('choices')
let app: ServedApp
let page: Page
let hands: Annotator

beforeAll(async () => {
  await drawPictures(place.photos)
  ;({ app, page, hands } = await place.open(['--project', place.project, '--images', place.photos], { colorScheme: 'dark' }))
  await hands.onPicture(PICTURES[0].name)
})

const tool = () => page.locator('[data-tool]').getAttribute('data-tool')

test('a command gets another key, also one that was another command’s, and keeps it after a reload', async () => {
  await page.keyboard.press('F1')
  const sheet = page.getByRole('dialog', { name: 'Keys' })
  await sheet.getByRole('button', { name: 'Box: R. Change this key' }).click()
  await page.keyboard.press('b')
  await sheet.getByText('B is the key of “Brush”.').waitFor()
  await sheet.getByRole('button', { name: 'Take it from there' }).click()
  await sheet.getByRole('button', { name: 'Box: B. Change this key' }).waitFor()
  await page.keyboard.press('Escape')
  await sheet.waitFor({ state: 'detached' })
  await page.keyboard.press('b')
  await expect.poll(tool).toBe('box')
  await page.reload()
  await hands.onPicture(PICTURES[0].name)
  await page.keyboard.press('b')
  await expect.poll(tool).toBe('box')
})

test('Esc leaves a key as it is and the sheet open; a preset brings the keys of another tool, and all changes can be taken back', async () => {
  await page.keyboard.press('F1')
  const sheet = page.getByRole('dialog', { name: 'Keys' })
  await sheet.getByRole('button', { name: 'Magic wand: W. Change this key' }).click()
  await page.keyboard.press('Escape')
  await sheet.getByRole('button', { name: 'Magic wand: W. Change this key' }).waitFor()
  await sheet.getByRole('button', { name: 'Take all 2 changes back' }).click()
  await sheet.getByRole('button', { name: 'Brush: B. Change this key' }).waitFor()
  await sheet.getByRole('button', { name: /Keys like in/ }).click()
  await page.getByRole('option', { name: 'CVAT' }).click()
  await sheet.getByRole('button', { name: 'Next image: F. Change this key' }).waitFor()
  await page.keyboard.press('Escape')
  await sheet.waitFor({ state: 'detached' })
  await page.keyboard.press('f')
  await hands.canvas(PICTURES[1].name).waitFor()
  await page.keyboard.press('d')
  await hands.canvas(PICTURES[0].name).waitFor()
  await page.keyboard.press('Shift+Digit2')
  await expect.poll(tool).toBe('eraser')
})

test('the tour comes by itself the first time, goes through five cards, and comes again from the menu', async () => {
  const context = await (await place.browser()).newContext(WINDOW)
  const fresh = await context.newPage()
  await fresh.goto(app.url)
  const card = fresh.getByRole('region', { name: 'A look around' })
  await card.waitFor()
  expect(await fresh.evaluate(() => document.activeElement?.tagName)).toBe('BODY') // it does not take the focus
  await fresh.keyboard.press('b')
  await expect.poll(() => fresh.locator('[data-tool]').getAttribute('data-tool')).toBe('brush') // nor the keys
  for (let place = 1; place <= 5; place++) {
    await card.getByText(`${place} of 5`).waitFor()
    await card.getByRole('button', { name: place < 5 ? 'Next' : 'Done' }).click()
  }
  await card.waitFor({ state: 'detached' })
  await fresh.reload()
  await new Annotator(fresh).onPicture(PICTURES[0].name)
  expect(await card.count()).toBe(0)
  await fresh.getByRole('button', { name: /^Project:/ }).click()
  await fresh.getByRole('menuitem', { name: 'Show the tour' }).click()
  await card.getByRole('button', { name: 'Skip' }).click()
  await card.waitFor({ state: 'detached' })
  await context.close()
})

test('panels are made larger with the arrow keys and by dragging, within bounds, and the size is remembered', async () => {
  const classes = page.getByRole('region', { name: 'Classes' })
  const width = async () => (await classes.boundingBox())?.width ?? 0
  const before = await width()
  const edge = page.getByRole('separator', { name: 'Width of the class list' })
  await edge.focus()
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight')
  await expect.poll(width).toBeCloseTo(before + 40, -0.5)
  const box = await edge.boundingBox()
  if (box === null) throw new Error('the edge has no size')
  await page.mouse.move(box.x + 3, box.y + 200)
  await page.mouse.down()
  await page.mouse.move(box.x + 1000, box.y + 200, { steps: 4 })
  await page.mouse.up()
  await expect.poll(width).toBeCloseTo(479, -0.5)
  await page.reload()
  await hands.onPicture(PICTURES[0].name)
  await expect.poll(width).toBeCloseTo(479, -0.5)
  await edge.focus()
  await page.keyboard.press('Enter')
  await expect.poll(width).toBeCloseTo(before, -0.5)
})

test('compact rows are lower, and patterns are switched on, from the menu of looks', async () => {
  await hands.addClasses('ball, box')
  const row = page.getByRole('region', { name: 'Classes' }).getByRole('listitem').first()
  const height = async () => (await row.boundingBox())?.height ?? 0
  const before = await height()
  const choose = async (role: 'menuitemradio' | 'menuitemcheckbox', name: string) => {
    await page.getByRole('button', { name: 'Look', exact: true }).click()
    await page.getByRole(role, { name }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
  }
  await choose('menuitemradio', 'Compact')
  await expect.poll(height).toBeLessThan(before)
  await choose('menuitemcheckbox', 'Patterns besides colours')
  await expect.poll(() => page.locator('.swatch[data-pattern="1"]').count()).toBe(1)
  await choose('menuitemradio', 'Comfortable')
  await expect.poll(height).toBe(before)
})

test('zoomed in, a small map shows which part is in view, and a press on it goes there', async () => {
  const map = page.locator('.minimap')
  await page.keyboard.press('Control+f')
  expect(await map.count()).toBe(0)
  const canvas = await hands.canvas(PICTURES[0].name).boundingBox()
  if (canvas === null) throw new Error('the canvas has no size')
  await page.mouse.move(canvas.x + canvas.width / 2, canvas.y + canvas.height / 2)
  for (let i = 0; i < 4; i++) await page.mouse.wheel(0, -240)
  await map.waitFor()
  const part = async () => (await page.locator('.minimap-part').boundingBox())?.x ?? 0
  const before = await part()
  const box = await map.boundingBox()
  if (box === null) throw new Error('the map has no size')
  await page.mouse.click(box.x + box.width * 0.9, box.y + box.height / 2)
  await expect.poll(part).toBeGreaterThan(before)
})
