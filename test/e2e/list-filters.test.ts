import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { maskwrightWith } from '../integration/run-maskwright.ts'
import type { Annotator } from './annotator.ts'
import { violationsOn } from './axe.ts'
import { ROOT } from './served-app.ts'
import { SHOTS, workplace } from './workplace.ts'

// Long lists: the box over the classes, and class and score over the annotations.
const place = workplace('list-filters')
const PICTURE = 'house-and-trees.jpg'
/** category and score of each proposal */
const PROPOSED = [['tree', 0.9], ['tree', 0.4], ['house', 0.7], ['house', 0.3]] as const
const dataSet = {
  images: [{ id: 1, file_name: PICTURE, width: 640, height: 480 }],
  categories: ['house', 'tree'].map((name, i) => ({ id: i + 1, name })),
  annotations: PROPOSED.map(([name, score], i) => {
    const [x, y, side] = [20 + 150 * i, 100, 100]
    return { id: i + 1, image_id: 1, category_id: name === 'house' ? 1 : 2, iscrowd: 0, bbox: [x, y, side, side], area: side * side, segmentation: [[x, y, x + side, y, x + side, y + side, x, y + side]], maskwright: { state: 'pending', score, source: 'model' } }
  }),
}
let page: Page
let hands: Annotator

beforeAll(async () => {
  writeFileSync(join(place.home, 'proposed.json'), JSON.stringify(dataSet))
  expect(await maskwrightWith(join(place.home, 'data'))('import', '--project', place.project, '--images', join(ROOT, 'resources/samples'), '--coco', join(place.home, 'proposed.json'))).toMatchObject({ code: 0 })
  ;({ page, hands } = await place.open(['--project', place.project], { colorScheme: 'dark' }))
})

const classes = () => page.getByRole('region', { name: 'Classes' })

test('a short class list has no filter box; a long one is filtered by keyboard, and Escape empties the box', async () => {
  await hands.addClasses('car')
  await classes().getByRole('button', { name: /^car/ }).waitFor()
  const box = classes().getByRole('searchbox', { name: 'Filter classes' })
  expect(await box.count()).toBe(0)
  await hands.addClasses('sky, road, person, dog, cat, bus, sign, wall, door, scarf')
  await box.focus()
  await page.keyboard.type('CAR')
  await expect.poll(() => classes().getByRole('listitem').count()).toBe(2)
  await classes().getByRole('button', { name: /^scarf/ }).waitFor()
  await page.keyboard.type('x')
  await classes().getByText('No class of that name').waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => classes().getByRole('listitem').count()).toBeGreaterThan(10)
})

test('a class is put elsewhere in the list by dragging, by Alt and an arrow, or to the top; an undo puts it back', async () => {
  const names = () => classes().getByRole('listitem').evaluateAll((rows) => rows.map((row) => ({ name: row.querySelector('.row-name')?.textContent ?? '', y: row.getBoundingClientRect().y })).sort((a, b) => a.y - b.y).slice(0, 4).map(({ name }) => name))
  const before = await names()
  const row = (name: string) => classes().getByRole('listitem').filter({ hasText: name }).first()
  await row(before[3]).dragTo(row(before[1]))
  await expect.poll(names).toEqual([before[0], before[3], before[1], before[2]])
  await page.getByRole('group', { name: 'Picture' }).focus()
  await page.keyboard.press('Control+z')
  await expect.poll(names).toEqual(before)
  const first = classes().getByRole('button', { name: new RegExp(`^${before[0]}`) })
  await first.focus()
  await page.keyboard.press('Alt+ArrowDown')
  await page.keyboard.press('Alt+ArrowDown')
  await expect.poll(names).toEqual([before[1], before[2], before[0], before[3]])
  await expect.poll(() => first.evaluate((element) => element === document.activeElement)).toBe(true)
  await classes().getByRole('button', { name: `More for ${before[0]}` }).click()
  await page.getByRole('menuitem', { name: 'To the top' }).click()
  await expect.poll(names).toEqual(before)
  await hands.saved()
})

test('the annotation list is narrowed by score and by class, and its button accepts only what it lists', async () => {
  await hands.openPicture(PICTURE)
  const list = hands.annotations()
  const listed = () => list.getByRole('listitem').count()
  await expect.poll(listed).toBe(4)
  const slider = list.getByRole('slider', { name: 'Show from this score' })
  await slider.focus()
  await page.keyboard.press('End')
  await list.getByText('Nothing fits the filter above').waitFor()
  for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowLeft')
  await expect.poll(listed).toBe(3)
  await list.getByRole('button', { name: /Show class/ }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('option', { name: 'tree', exact: true }).waitFor()
  await list.getByText('Scores of all classes').waitFor()
  await page.keyboard.type('tree')
  await page.keyboard.press('Enter')
  await expect.poll(listed).toBe(2)
  // the plot is of the class that is listed: there is one choice of a class, not two
  await list.getByText('Scores of tree').waitFor()
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.waitForFunction((theme) => document.documentElement.dataset['theme'] === theme, colorScheme)
    await page.screenshot({ path: join(SHOTS, `list-filters-${colorScheme}.png`) })
    expect(await violationsOn(page)).toEqual([])
  }
  await list.getByRole('button', { name: 'Accept all 2 proposals' }).click()
  await hands.saved()
  const rows = async () => (await hands.rows()).filter((row) => row.startsWith('Accepted')).length
  await expect.poll(rows).toBe(2)
  await slider.focus()
  await page.keyboard.press('Home')
  await list.getByRole('button', { name: /Show class/ }).click()
  await page.getByRole('option', { name: 'All classes' }).click()
  await expect.poll(listed).toBe(4)
  await expect.poll(rows).toBe(2)
})

test('“all classes” over the list is not cut off in any language, beside the least score or above it', async () => {
  for (const [language, words] of [['de', 'Alle Klassen'], ['fr', 'Toutes les classes'], ['en', 'All classes']] as const) {
    await page.evaluate((id) => localStorage.setItem('maskwright.language', id), language)
    await page.reload()
    const chosen = page.locator('.annotation-filter .field-select-value')
    await chosen.filter({ hasText: words }).waitFor()
    expect(await chosen.evaluate((element) => element.scrollWidth - element.clientWidth), language).toBe(0)
    await page.screenshot({ path: join(SHOTS, `list-filters-${language}.png`) })
  }
})
