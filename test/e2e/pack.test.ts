import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { writeTinyPack } from '../reference/tiny-pack.ts'
import type { Annotator } from './annotator.ts'
import { violationsOn } from './axe.ts'
import { ROOT } from './served-app.ts'
import { SHOTS, workplace } from './workplace.ts'

const place = workplace('pack')
let page: Page
let hands: Annotator

beforeAll(async () => {
  writeTinyPack(join(place.home, 'packs'))
  ;({ page, hands } = await place.open(['--project', place.project, '--images', join(ROOT, 'resources/samples')], {}, { MASKWRIGHT_PACKS: join(place.home, 'packs') }))
})

test('models are chosen by keyboard with their method and settings, and propose by class names', async () => {
  await hands.addClasses('ox, ya')
  await hands.openPicture('cat-on-sofa.jpg')
  await page.getByRole('button', { name: 'Pre-label' }).click()
  const dialog = page.getByRole('dialog', { name: 'Pre-label images' })
  await dialog.getByRole('button', { name: 'Models' }).focus()
  await page.keyboard.press('Enter')
  await page.keyboard.type('Tiny')
  await page.keyboard.press('Enter')
  await dialog.getByText('Class scores, refined by what belongs together').first().waitFor()
  for (const [scheme, width, height] of [['dark', 1280, 800], ['light', 1280, 800], ['light', 2560, 1440]] as const) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme: scheme })
    await page.screenshot({ path: join(SHOTS, `pre-label-pack-${scheme}-${width}.png`) })
    expect(await violationsOn(page)).toEqual([])
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  await dialog.getByRole('radio', { name: 'Only the open image' }).press('Space')
  await dialog.getByRole('button', { name: 'Start' }).click()
  await expect.poll(async () => (await hands.rows()).length, { timeout: 120_000 }).toBeGreaterThan(0)
  const rows = await hands.rows()
  expect(rows.every((row) => row.includes('ox') || row.includes('ya'))).toBe(true)

  // the settings that are tried begin with those of these proposals; Esc is the tool's first, then the panel's
  const panel = page.getByRole('region', { name: 'Try settings' })
  await page.keyboard.press('p')
  await page.keyboard.press('Shift+P')
  await panel.getByRole('button', { name: /^Tiny: Class scores, refined by what belongs together/ }).waitFor()
  await panel.getByText(/^\d+ proposals?, /).waitFor({ timeout: 60_000 })
  // what is done with the settings is in sight in the smallest window, however many settings there are
  for (const name of ['Close', 'Compare with what is shown now', 'Propose here', 'Apply to all']) {
    expect(await panel.getByRole('button', { name }).evaluate((button) => {
      const { x, y, width, height } = button.getBoundingClientRect()
      return button.contains(document.elementFromPoint(x + width / 2, y + height / 2))
    }), name).toBe(true)
  }
  const canvas = await hands.canvas('cat-on-sofa.jpg').boundingBox()
  await page.mouse.click((canvas?.x ?? 0) + 100, (canvas?.y ?? 0) + 100)
  await page.getByRole('contentinfo').getByText('Polygon · drawing').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('contentinfo').getByText('Polygon · drawing').waitFor({ state: 'detached' })
  expect(await panel.count()).toBe(1)
  await page.keyboard.press('Escape')
  await panel.waitFor({ state: 'detached' })
}, 240_000)
