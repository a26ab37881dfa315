import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { maskwrightWith } from '../integration/run-maskwright.ts'
import { Annotator } from './annotator.ts'
import { violationsOn } from './axe.ts'
import { ROOT } from './served-app.ts'
import { SHOTS, workplace } from './workplace.ts'

// How far two agree: two people of one project, and the project with a data set.
const place = workplace('agreement')
const PICTURES = ['cat-on-sofa.jpg', 'house-and-trees.jpg']
/** maker, image, category, x and height of each box of 100 px width */
const DRAWN = [
  ['Ada', 1, 1, 50, 100], ['Ben', 1, 1, 50, 90], ['Ada', 1, 2, 300, 100], ['Ben', 1, 2, 300, 100],
  ['Ada', 2, 2, 50, 100], ['Ben', 2, 2, 50, 40], ['Ada', 2, 2, 400, 60],
] as const
const dataSet = (by: string | null) => ({
  images: PICTURES.map((file_name, i) => ({ id: i + 1, file_name, width: 640, height: 480 })),
  categories: ['cat', 'tree'].map((name, i) => ({ id: i + 1, name })),
  annotations: DRAWN.filter(([maker]) => by === null || maker === by).map(([maker, image_id, category_id, x, height], i) => ({
    id: i + 1, image_id, category_id, iscrowd: 0, bbox: [x, 100, 100, height], area: 100 * height, segmentation: [[x, 100, x + 100, 100, x + 100, 100 + height, x, 100 + height]],
    maskwright: { state: 'drawn', source: 'person', by: maker },
  })),
})
let page: Page

beforeAll(async () => {
  writeFileSync(join(place.home, 'both.json'), JSON.stringify(dataSet(null)))
  writeFileSync(join(place.home, 'ben.json'), JSON.stringify(dataSet('Ben')))
  expect(await maskwrightWith(join(place.home, 'data'))('import', '--project', place.project, '--images', join(ROOT, 'resources/samples'), '--coco', join(place.home, 'both.json'))).toMatchObject({ code: 0 })
  ;({ page } = await place.open(['--project', place.project], { colorScheme: 'dark' }))
})

const dialog = () => page.getByRole('dialog', { name: 'How far two agree' })
const open = async () => {
  await page.getByRole('button', { name: /^Project/ }).click()
  await page.getByRole('menuitem', { name: 'Agreement…' }).click()
  await dialog().waitFor()
}

test('two people are compared by keyboard, class by class, and the image they differ most on opens', async () => {
  await open()
  await dialog().getByRole('button', { name: 'Compare', exact: true }).focus()
  await page.keyboard.press('Enter')
  await dialog().getByText('2 images: agreement').waitFor()
  const tree = dialog().getByRole('row', { name: /^tree/ })
  await expect.poll(async () => (await tree.getByRole('cell').allInnerTexts()).join(' ')).toBe('3 2 2 0.47 0.70 0.40')
  for (const [colorScheme, width, height] of [['dark', 1280, 800], ['light', 2560, 1440]] as const) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme })
    await page.waitForFunction((theme) => document.documentElement.dataset['theme'] === theme, colorScheme)
    await page.screenshot({ path: join(SHOTS, `agreement-${colorScheme}-${width}.png`) })
    expect(await violationsOn(page)).toEqual([])
  }
  const worst = dialog().getByRole('table').nth(1).getByRole('button')
  expect(await worst.allInnerTexts()).toEqual(['house-and-trees.jpg', 'cat-on-sofa.jpg'])
  await worst.first().focus()
  await page.keyboard.press('Enter')
  await dialog().waitFor({ state: 'detached' })
  await new Annotator(page).onPicture('house-and-trees.jpg')
})

test('the project is compared with a data set that is chosen', async () => {
  await open()
  await dialog().getByRole('button', { name: 'With a file…' }).click()
  const browse = page.getByRole('dialog', { name: 'Compare with a project or data set' })
  await browse.getByRole('row').first().dblclick()
  await browse.getByRole('row', { name: /ben\.json/ }).click()
  await browse.getByRole('button', { name: /^Choose/ }).click()
  await dialog().getByRole('columnheader', { name: 'ben.json' }).first().waitFor()
  await dialog().getByText('2 images: agreement').waitFor()
  await dialog().getByText('Not compared: 6 only of This project, 0 only of ben.json.').waitFor()
})
