import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import type { Annotator } from './annotator.ts'
import type { CocoFile } from './coco-decoder.ts'
import { drawPictures, PICTURES } from './draw-pictures.ts'
import { workplace } from './workplace.ts'

// The whole main job without a mouse: project, pictures, classes, proposals, judging, pre-labelling, export.
const place = workplace('keyboard')
let page: Page
let hands: Annotator

beforeAll(async () => {
  await drawPictures(place.photos, PICTURES.slice(0, 3))
  ;({ page, hands } = await place.open([], { colorScheme: 'dark' }))
  await page.getByRole('button', { name: 'New project' }).first().waitFor()
})

const press = (key: string) => page.keyboard.press(key)

/** What has the focus, as a person who sees the ring would call it. */
const focused = (): Promise<string> => page.evaluate(() => {
  const element = document.activeElement
  if (!(element instanceof HTMLElement)) return ''
  const labelled = element.getAttribute('aria-labelledby')?.split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ')
  return element.getAttribute('aria-label') ?? labelled ?? (element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent ?? ''
})

/** Presses Tab (or another key) until something of that name has the focus, and it shows. */
async function goTo(name: RegExp, key = 'Tab'): Promise<void> {
  const seen: string[] = []
  for (let i = 0; i < 80; i++) {
    const now = await focused()
    if (name.test(now)) {
      expect(await page.evaluate(() => document.activeElement?.matches(':focus-visible, [data-focus-visible]')), `${now} shows its focus`).toBe(true)
      return
    }
    seen.push(now.slice(0, 30))
    await press(key)
  }
  throw new Error(`${name} is not reached with ${key}; passed: ${[...new Set(seen)].join(' | ')}`)
}

/** Marks the row that has the focus; arriving there by key may have marked it. */
async function mark(): Promise<void> {
  if (await page.evaluate(() => document.activeElement?.getAttribute('aria-selected')) !== 'true') await press('Space')
}

test('a project is made and a folder of pictures added', async () => {
  await goTo(/^New project/)
  await press('Enter')
  await page.getByRole('dialog', { name: 'New project' }).waitFor()
  await goTo(/^Name/)
  await press('Control+a')
  await page.keyboard.type('by keys')
  await goTo(/^Choose/)
  await press('Enter')
  await page.getByRole('dialog', { name: 'Where should the project file go?' }).waitFor()
  await page.getByRole('row').first().waitFor()
  await goTo(/^[^ ]*maskwright-keyboard/)
  await mark()
  await goTo(/^Choose .*maskwright-keyboard/)
  await press('Enter')
  await page.getByRole('dialog', { name: 'Where should the project file go?' }).waitFor({ state: 'detached' })
  await goTo(/^Create$/)
  await press('Enter')
  await page.getByRole('heading', { name: 'No pictures yet' }).or(page.getByText('No pictures yet')).first().waitFor()
  await goTo(/^Add a folder/)
  await press('Enter')
  await page.getByRole('dialog', { name: 'Image folders' }).waitFor()
  await goTo(/^Add a folder/)
  await press('Enter')
  await page.getByRole('dialog', { name: 'Choose a folder of pictures' }).waitFor()
  await goTo(/^[^ ]*maskwright-keyboard/)
  await press('Enter')
  await page.getByRole('row', { name: 'photos' }).waitFor()
  await goTo(/^(data|photos)/)
  await goTo(/^photos/, 'ArrowDown')
  await mark()
  await goTo(/^Choose photos/)
  await press('Enter')
  await page.getByRole('button', { name: 'meadow-3.jpg' }).waitFor()
  await goTo(/^Done$/)
  await press('Enter')
  await page.getByRole('dialog', { name: 'Image folders' }).waitFor({ state: 'detached' })
}, 120_000)

test('classes are named, and F6 goes through the parts of the window', async () => {
  await goTo(/^Add a class/)
  await page.keyboard.type('ball, box')
  await press('Enter')
  await page.getByRole('region', { name: 'Classes' }).getByText('box').first().waitFor()
  const panes = new Set<string>()
  for (let i = 0; i < 10; i++) {
    await press('F6')
    panes.add(await page.evaluate(() => document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane') ?? ''))
  }
  for (const pane of ['top', 'tools', 'classes', 'view', 'canvas', 'annotations', 'images']) expect([...panes]).toContain(pane)
})

test('a picture gets proposals, and each is judged: accepted with a class, or rejected', async () => {
  await goTo(/^meadow-1\.jpg/)
  await press('Enter')
  await hands.canvas('meadow-1.jpg').waitFor()
  await goTo(/^Picture$/, 'F6')
  await press('Control+p')
  await expect.poll(async () => (await hands.rows()).length, { timeout: 30_000 }).toBeGreaterThan(1)
  for (const digit of ['1', '2']) {
    await press('Tab')
    await press(digit)
  }
  await hands.saved()
  // naming a proposal judges it; the others go, one after the other
  await press('Tab')
  const proposed = async () => (await hands.rows()).filter((row) => row.startsWith('Proposed')).length
  for (let left = await proposed(); left > 0; left--) {
    expect(await proposed()).toBe(left)
    await press('Delete')
    await expect.poll(proposed).toBe(left - 1)
  }
  await hands.saved()
  await press('Control+Enter')
  await hands.canvas('meadow-2.jpg').waitFor()
}, 180_000)

test('the rest is pre-labelled, all that is shown accepted, and the picture marked done', async () => {
  await goTo(/^Project:/, 'F6')
  await goTo(/^Pre-label$/)
  await press('Enter')
  await page.getByRole('dialog', { name: 'Pre-label images' }).waitFor()
  await goTo(/^Start$/)
  await press('Enter')
  await page.getByText(/Pre-labelling has ended/).first().waitFor({ timeout: 60_000 })
  await press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await goTo(/^Picture$/, 'F6')
  await press('Shift+Enter')
  await hands.saved()
  await press('Control+Enter')
  await hands.canvas('meadow-3.jpg').waitFor()
}, 120_000)

test('the masks are exported', async () => {
  await goTo(/^Project:/, 'F6')
  await goTo(/^Export$/)
  await press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Export annotations' })
  await dialog.waitFor()
  await goTo(/^Export…?$/)
  await press('Enter')
  await page.getByRole('dialog', { name: 'Where should the export go?' }).waitFor()
  await page.getByRole('row').first().waitFor()
  await goTo(/^[^ ]*maskwright-keyboard/)
  await mark()
  await goTo(/^Choose .*maskwright-keyboard/)
  await press('Enter')
  const written = await page.locator('.written-path').first().innerText()
  const coco = JSON.parse(readFileSync(join(place.home, written.slice(written.lastIndexOf('/') + 1)), 'utf8')) as CocoFile
  expect(coco.annotations.length).toBeGreaterThanOrEqual(2)
  expect(new Set(coco.annotations.map(({ category_id: id }) => id)).size).toBeGreaterThanOrEqual(2)
}, 180_000)
