import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import type { Annotator } from './annotator.ts'
import { violationsOn } from './axe.ts'
import { drawPictures, PICTURES } from './draw-pictures.ts'
import { SHOTS, workplace } from './workplace.ts'

// What a reviewer does: comments, names, verdicts, filters, the grid.
const place = workplace('review')
let page: Page
let hands: Annotator

beforeAll(async () => {
  await drawPictures(place.photos)
  ;({ page, hands } = await place.open(['--project', place.project, '--images', place.photos], { colorScheme: 'dark' }))
  await hands.addClasses('ball, box')
  await hands.openPicture(PICTURES[0].name)
})

/** Both themes: a picture to look at, and no violation. */
async function looksRight(name: string, part = 'html'): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.waitForFunction((theme) => document.documentElement.dataset['theme'] === theme, colorScheme)
    await page.screenshot({ path: join(SHOTS, `${name}-${colorScheme}.png`) })
    expect(await violationsOn(page, part)).toEqual([])
  }
}

const review = () => page.getByRole('region', { name: 'Review' })

test('a comment is written by keyboard, resolved, and taken back with Ctrl+Z', async () => {
  await page.keyboard.press('Shift+M')
  await page.getByRole('textbox', { name: 'Comment on this image' }).waitFor()
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA')
  await page.keyboard.type('The ball is not labelled yet.')
  await page.keyboard.press('Enter')
  await review().getByText('The ball is not labelled yet.').waitFor()
  await hands.saved()
  await page.getByRole('button', { name: /meadow-1\.jpg.*1 open comment/ }).waitFor()
  await review().getByRole('button', { name: /^Resolve the comment/ }).click()
  await review().getByText(/· resolved/).waitFor()
  await hands.saved()
  await page.keyboard.press('Control+z')
  await review().getByText(/· resolved/).waitFor({ state: 'detached' })
})

test('an image gets its people and a verdict; one that needs work is not done any more', async () => {
  await page.keyboard.press('Control+Enter')
  await page.getByRole('button', { name: /meadow-1\.jpg.*done/i }).click()
  await hands.onPicture(PICTURES[0].name)
  await review().getByRole('textbox', { name: 'Labels' }).fill('Ada')
  await page.keyboard.press('Enter')
  await review().getByRole('button', { name: 'Reviews: me' }).click()
  await review().getByRole('radio', { name: 'Needs work' }).click()
  await hands.saved()
  await page.getByRole('button', { name: /meadow-1\.jpg.*in work.*Needs work/i }).waitFor()
  expect(await review().getByRole('textbox', { name: 'Reviews' }).inputValue()).not.toBe('')
  await hands.openPicture(PICTURES[1].name)
  expect(await review().getByRole('textbox', { name: 'Labels' }).inputValue()).toBe('')
  await hands.openPicture(PICTURES[0].name)
  expect(await review().getByRole('textbox', { name: 'Labels' }).inputValue()).toBe('Ada')
  await looksRight('review-panel')
})

test('a list of classes is imported as one edit, which an undo takes back', async () => {
  writeFileSync(join(place.home, 'labels.txt'), 'ball\ntree\ncloud\n')
  const classes = page.getByRole('region', { name: 'Classes' })
  await classes.getByRole('button', { name: 'Class list: more' }).click()
  await page.getByRole('menuitem', { name: 'Import a list…' }).click()
  const browse = page.getByRole('dialog')
  await browse.getByRole('row').first().dblclick()
  await browse.getByRole('row', { name: /labels\.txt/ }).click()
  await browse.getByRole('button', { name: /^Choose/ }).click()
  await page.getByText('2 classes added, 1 were there already').waitFor()
  await classes.getByText('cloud').waitFor()
  await page.keyboard.press('Control+z')
  await classes.getByText('cloud').waitFor({ state: 'detached' })
  await classes.getByText('box').waitFor()
})

const strip = () => page.getByRole('region', { name: 'Images' })
const names = async () => (await strip().getByRole('listitem').allInnerTexts()).map((text) => /meadow-\d\.jpg/.exec(text)?.[0])
const openName = async () => /Picture (\S+) with/.exec((await page.getByRole('img', { name: /^Picture .* with its annotations$/ }).getAttribute('aria-label')) ?? '')?.[1]

test('the list is filtered by who labels and by comments, the conditions are counted, and cleared again', async () => {
  await strip().getByRole('button', { name: 'Filter…' }).click()
  const conditions = page.getByRole('dialog', { name: 'Further conditions' })
  await conditions.getByRole('button', { name: /Labels/ }).click()
  await page.getByRole('option', { name: 'Ada (1)' }).click()
  await expect.poll(names).toEqual(['meadow-1.jpg'])
  await conditions.getByRole('button', { name: /Comments/ }).click()
  await page.getByRole('option', { name: 'Open ones (1)' }).click()
  await looksRight('filter', '.filter-details')
  await conditions.getByRole('button', { name: /Comments/ }).click()
  await page.getByRole('option', { name: 'Without comments' }).click()
  await strip().getByText('No image fits this filter.', { exact: false }).waitFor()
  await conditions.getByRole('button', { name: 'Clear filters' }).click()
  await expect.poll(async () => (await names()).length).toBe(PICTURES.length)
  await page.keyboard.press('Escape')
  await conditions.waitFor({ state: 'detached' })
})

test('what is done in a filtered list leaves it, and next goes on where it stood', async () => {
  await hands.openPicture(PICTURES[1].name)
  await strip().getByRole('button', { name: /Which images/ }).click()
  await page.getByRole('option', { name: 'New', exact: true }).click()
  await expect.poll(names).toEqual(['meadow-2.jpg', 'meadow-3.jpg', 'meadow-4.jpg', 'meadow-5.jpg', 'meadow-6.jpg'])
  await page.getByRole('listbox').waitFor({ state: 'detached' })
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('BODY')
  await page.keyboard.press('d')
  await hands.onPicture(PICTURES[2].name)
  await page.keyboard.press('Control+Enter')
  await hands.onPicture(PICTURES[3].name)
  await expect.poll(names).toEqual(['meadow-2.jpg', 'meadow-4.jpg', 'meadow-5.jpg', 'meadow-6.jpg'])
  await strip().getByRole('button', { name: /Which images/ }).click()
  await page.getByRole('option', { name: 'All images' }).click()
  await expect.poll(async () => (await names()).length).toBe(PICTURES.length)
})

test('the queue by uncertainty begins with the images that have proposals', async () => {
  await hands.openPicture(PICTURES[4].name)
  await page.keyboard.press('Control+p')
  await expect.poll(async () => (await hands.rows()).length, { timeout: 60_000 }).toBeGreaterThan(0)
  await strip().getByRole('button', { name: /Order/ }).click()
  await page.getByRole('option', { name: 'Least sure first' }).click()
  await expect.poll(async () => (await names())[0]).toBe('meadow-5.jpg')
  await page.getByRole('listbox').waitFor({ state: 'detached' })
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('BODY')
  await page.keyboard.press('d')
  await expect.poll(openName).toBe('meadow-1.jpg')
  await strip().getByRole('button', { name: /Order/ }).click()
  await page.getByRole('option', { name: 'By folder' }).click()
  await expect.poll(async () => (await names())[0]).toBe('meadow-1.jpg')
})

test('in the grid, images are marked by keyboard, marked done and assigned, and one is opened', async () => {
  await page.keyboard.press('Shift+G')
  const grid = page.getByRole('dialog', { name: 'All images' })
  const list = grid.getByRole('listbox', { name: 'Images' })
  await list.getByRole('option', { name: /meadow-6/ }).waitFor()
  await list.getByRole('option', { name: /meadow-1/ }).focus()
  await page.keyboard.press('Shift+ArrowRight')
  await grid.getByText('2 marked').waitFor()
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-place'))).toBe('1')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Space')
  await grid.getByText('3 marked').waitFor()
  await looksRight('grid')
  await grid.getByRole('button', { name: 'Mark as' }).click()
  await page.getByRole('menuitem', { name: 'Approved' }).click()
  await expect.poll(() => list.getByRole('option', { name: /Approved/ }).count()).toBe(3)
  await grid.getByRole('button', { name: 'Mark as' }).click()
  await page.getByRole('menuitem', { name: 'Assign…' }).click()
  const assign = page.getByRole('dialog', { name: 'Assign 3 images' })
  await assign.getByRole('textbox', { name: 'Reviews' }).fill('Grace')
  await assign.getByRole('button', { name: 'Assign', exact: true }).click()
  await assign.waitFor({ state: 'detached' })
  await list.getByRole('option', { name: /meadow-3/ }).focus()
  await page.keyboard.press('Enter')
  await grid.waitFor({ state: 'detached' })
  await hands.onPicture(PICTURES[2].name)
  expect(await review().getByRole('textbox', { name: 'Reviews' }).inputValue()).toBe('Grace')
  await page.getByRole('button', { name: 'Unmark' }).click()
})
