import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { maskwrightWith } from '../integration/run-maskwright.ts'
import { roundTripFixture } from '../integration/round-trip-fixture.ts'
import { workplace } from './workplace.ts'

// Every option of an export by the dialog, and what the file then holds.
const place = workplace('options')
let page: Page
let dialog: Locator
beforeAll(async () => {
  await roundTripFixture(place.home)
  const { code, err } = await maskwrightWith(join(place.home, 'data'))('import', '--project', place.project, '--images', join(place.home, 'images'), '--coco', join(place.home, 'truth.json'))
  expect([code, err]).toEqual([0, ''])
  ;({ page } = await place.open(['--project', place.project]))
})

const choose = async (label: string, option: string): Promise<void> => {
  await dialog.getByRole('button', { name: label }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}
const number = async (label: string, value: string): Promise<void> => {
  await dialog.getByRole('textbox', { name: label }).fill(value)
  await page.keyboard.press('Tab')
}
async function written(): Promise<string> {
  await dialog.getByRole('button', { name: 'Export' }).click()
  const browse = page.getByRole('dialog', { name: 'Where should the export go?' })
  await browse.getByRole('row').first().click()
  await browse.getByRole('button', { name: /^Choose/ }).click()
  await page.getByText('Written to').waitFor()
  const path = await dialog.locator('.written-path').innerText()
  await dialog.getByRole('button', { name: 'Done' }).click()
  return path
}

test('masks, tolerance, policy, shares, seed and pictures are as the dialog says', async () => {
  await page.getByRole('button', { name: 'Export' }).click()
  dialog = page.getByRole('dialog', { name: 'Export annotations' })
  await choose('Masks', 'Simplified polygons')
  await number('How far polygons may leave the edge', '2')
  await dialog.getByText('Plain COCO only').click()
  await dialog.getByText('Split into train, val and test').click()
  await number('val', '40')
  await number('test', '20')
  await number('Seed', '7')
  await choose('Pictures', 'Copy them along')
  await dialog.getByText('train 2, val 2, test 1').waitFor()
  await dialog.getByText('up to 2 px').waitFor()
  const path = await written()
  const folder = path.slice(0, path.lastIndexOf('/'))
  const sets = ['train', 'val', 'test'].map((set) => JSON.parse(readFileSync(path.replace(/\.json$/, `.${set}.json`), 'utf8')) as { images: { file_name: string }[]; annotations: { segmentation?: unknown; maskwright?: unknown }[] })
  expect(sets.map(({ images }) => images.length)).toEqual([2, 2, 1])
  expect(sets.flatMap(({ annotations }) => annotations)).toHaveLength(10)
  expect(sets.flatMap(({ annotations }) => annotations).some((one) => 'maskwright' in one)).toBe(false)
  expect(readdirSync(join(folder, 'images')).length).toBeGreaterThan(0)
})

test('who keeps a pixel is chosen where it can have one owner, and the report says who takes it', async () => {
  await page.getByRole('button', { name: 'Export' }).click()
  await choose('Format', 'COCO panoptic')
  await dialog.getByText('the one in front keeps it').waitFor()
  await choose('Who keeps a pixel', 'The smaller mask')
  await dialog.getByText('the smaller one keeps it').waitFor()
  expect(await dialog.getByRole('button', { name: 'Masks' }).count()).toBe(0)
  await page.keyboard.press('Escape')
})
