import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { paintPhoto } from '../unit/prelabel/painted-photos.ts'
import type { Annotator } from './annotator.ts'
import { SHOTS, workplace } from './workplace.ts'

const place = workplace('smart-click')
const PHOTO = { name: 'discs.jpg', width: 480, height: 320 }
let page: Page
let hands: Annotator

beforeAll(async () => {
  mkdirSync(place.photos)
  await paintPhoto(join(place.photos, PHOTO.name), PHOTO.width, PHOTO.height, [{ x: 120, y: 140, radius: 60, colour: '#b02020' }, { x: 330, y: 170, radius: 70, colour: '#2040b0' }])
  ;({ page, hands } = await place.open(['--project', place.project, '--images', place.photos]))
  await hands.addClasses('red disc, blue disc')
  await hands.openPicture(PHOTO.name)
})

const bar = () => page.getByRole('toolbar', { name: 'Preview' })
const tool = (state: string) => page.getByRole('contentinfo').getByText(state)

test('a click shows what it means and the class it will have, Enter keeps it as a mask of the class in hand', async () => {
  await page.keyboard.press('Digit1')
  await page.keyboard.press('s')
  await hands.click(PHOTO, 120, 140)
  await tool('Smart click · preview').waitFor()
  await bar().getByRole('button', { name: 'Class of the new mask: red disc' }).waitFor()
  // the class can be changed before it is kept, by its key or from the list, after which Enter still keeps
  await page.keyboard.press('Digit2')
  await bar().getByRole('button', { name: 'Class of the new mask: blue disc' }).click()
  await page.keyboard.type('red')
  await page.keyboard.press('Enter')
  await bar().getByRole('button', { name: 'Class of the new mask: red disc' }).waitFor()
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-pane') === 'canvas')
  await page.screenshot({ path: join(SHOTS, 'smart-click.png') })
  await page.keyboard.press('Enter')
  await hands.saved()
  await expect.poll(() => hands.rows()).toEqual([expect.stringContaining('red disc')])
  const area = Number(/([\d,]+) px/.exec((await hands.rows())[0])?.[1].replace(',', ''))
  expect(Math.abs(area - Math.PI * 60 ** 2) / (Math.PI * 60 ** 2)).toBeLessThan(0.15)
}, 180_000)

test('a box and the keys for part and whole, and Esc gives up', async () => {
  await page.keyboard.press('Digit2')
  const from = await hands.at(PHOTO, 250, 90), to = await hands.at(PHOTO, 410, 250)
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move(to.x, to.y, { steps: 4 })
  await page.mouse.up()
  await tool('Smart click · preview').waitFor()
  await page.keyboard.press('Shift+BracketRight')
  await tool('Smart click · preview').waitFor()
  await bar().getByRole('button', { name: 'Keep' }).waitFor()
  await page.keyboard.press('Escape')
  await bar().waitFor({ state: 'detached' })
  expect(await hands.rows()).toHaveLength(1)
}, 180_000)

test('one key opens the classes of the image, typing filters, Enter ticks, and proposals get only what is ticked', async () => {
  await page.keyboard.press('v')
  await page.keyboard.press('Control+p')
  const proposals = async () => (await hands.rows()).filter((row) => row.startsWith('Proposed'))
  await expect.poll(async () => (await proposals()).length, { timeout: 60_000 }).toBeGreaterThan(0)
  await page.keyboard.press('c')
  const list = page.getByRole('dialog', { name: 'Classes in this image' })
  await list.waitFor()
  await page.keyboard.type('blue')
  await page.keyboard.press('Enter')
  await list.getByRole('option', { name: 'blue disc', selected: true }).waitFor()
  await expect.poll(() => list.getByRole('searchbox').inputValue()).toBe('')
  await list.getByRole('option', { name: 'red disc', selected: false }).waitFor()
  await page.screenshot({ path: join(SHOTS, 'ticks.png') })
  await page.keyboard.press('Escape')
  await list.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: '1 class ticked for this image' }).waitFor()
  await hands.saved()
  // the only lesson is a red disc: with blue alone ticked, nothing can have its name
  await expect.poll(async () => (await proposals()).filter((row) => row.includes('red disc')), { timeout: 20_000 }).toEqual([])
  await page.getByRole('button', { name: 'Show how unsure the names are' }).click()
  await page.waitForFunction(() => document.querySelector('[aria-label^="Show how unsure"]')?.getAttribute('aria-pressed') === 'true')
  await page.waitForTimeout(500)
  await page.screenshot({ path: join(SHOTS, 'heat.png') })
}, 120_000)

test('what was learnt is there to be looked at, and one mask can be forgotten', async () => {
  await page.getByRole('button', { name: 'Project: smart-click' }).click()
  await page.getByRole('menuitem', { name: 'What was learnt…' }).click()
  const dialog = page.getByRole('dialog', { name: 'What the assistant has learnt' })
  await dialog.getByRole('img', { name: /Mask \d+ on discs\.jpg, speaks for the class/ }).waitFor()
  await page.waitForTimeout(500)
  await page.screenshot({ path: join(SHOTS, 'memory.png') })
  const crop = await dialog.getByRole('img').first().evaluate((element) => getComputedStyle(element).backgroundImage.slice(5, -2))
  expect(await page.evaluate(async (url) => (await fetch(url)).status, crop)).toBe(200)
  await dialog.getByRole('button', { name: /Forget mask/ }).click()
  await dialog.getByText('Nothing learnt yet').waitFor()
  await page.keyboard.press('Escape')
}, 180_000)

test('settings are tried on the picture, two are compared, and the methods are measured on the masks that are kept', async () => {
  await page.getByRole('button', { name: 'Show how unsure the names are' }).click()
  await page.keyboard.press('Shift+P')
  const panel = page.getByRole('region', { name: 'Try settings' })
  await panel.getByText(/\d+ proposals, /).waitFor({ timeout: 60_000 })
  const [settings, picture] = [await panel.boundingBox(), await page.getByRole('img', { name: /^Picture .* with its annotations$/ }).boundingBox()]
  expect((picture?.x ?? NaN) + (picture?.width ?? NaN)).toBeLessThanOrEqual(settings?.x ?? NaN)
  await panel.getByRole('button', { name: 'Compare with what is shown now' }).click()
  await panel.getByRole('slider', { name: 'Clusters' }).focus()
  for (let i = 0; i < 3; i++) await page.keyboard.press('PageDown')
  await panel.getByText('Left: Classic: Spectral regions, named by your masks', { exact: true }).waitFor()
  // what is read aloud is what is shown, not the place on the slider's own scale
  for (const [name, shown] of [['Clusters', /^\d+$/], ['Smallest region', /^200 px²$/]] as const) expect(await panel.getByRole('slider', { name }).getAttribute('aria-valuetext')).toMatch(shown)
  await page.waitForTimeout(1500)
  await page.screenshot({ path: join(SHOTS, 'live.png') })
  // a notice covers nothing of the panel
  await page.getByRole('group', { name: 'Picture' }).focus()
  await page.keyboard.press('Shift+L')
  const notice = await page.getByRole('region', { name: 'Notices' }).locator('.notice').last().boundingBox()
  const beside = await panel.boundingBox()
  expect((notice?.x ?? 0) + (notice?.width ?? Infinity)).toBeLessThan(beside?.x ?? 0)
  await page.screenshot({ path: join(SHOTS, 'live-notice.png') })
  await panel.getByRole('button', { name: 'Which method fits?' }).click()
  const fit = page.getByRole('dialog', { name: 'Which method fits these pictures' })
  await fit.getByRole('row', { name: /Your settings/ }).getByText('(1)').waitFor({ timeout: 60_000 })
  await page.screenshot({ path: join(SHOTS, 'fit.png') })
  await page.keyboard.press('Escape')
}, 180_000)
