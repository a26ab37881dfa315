import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import type { Annotator } from './annotator.ts'
import { violationsOn } from './axe.ts'
import { ROOT } from './served-app.ts'
import { SHOTS, workplace } from './workplace.ts'

const place = workplace('samples')
/** `UPDATE_SCREENSHOTS=1` renews the pictures of the README. */
const documents = process.env['UPDATE_SCREENSHOTS'] === '1' ? join(ROOT, 'docs/screenshots') : null
let page: Page
let hands: Annotator

beforeAll(async () => {
  ;({ page, hands } = await place.open(['--project', place.project, '--images', join(ROOT, 'resources/samples')]))
})

test('the sample project opens on a picture, and proposals come at a key', async () => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await hands.addClasses('house, tree, car')
  await hands.openPicture('house-and-trees.jpg')
  await page.keyboard.press('Control+p')
  await expect.poll(async () => (await hands.rows()).length, { timeout: 60_000 }).toBeGreaterThan(3)
  await page.keyboard.press('Tab')
})

test.each([['dark', 1280, 800], ['light', 1280, 800], ['dark', 2560, 1440], ['light', 2560, 1440]] as const)('%s at %i×%i: a picture is taken, and axe finds no violation', async (colorScheme, width, height) => {
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme })
  await page.waitForTimeout(400)
  await page.keyboard.press('Shift+Digit1')
  await page.waitForTimeout(300)
  const name = `workspace-${colorScheme}-${width}.png`
  await page.screenshot({ path: join(SHOTS, name) })
  if (documents !== null && width === 1280) {
    mkdirSync(documents, { recursive: true })
    cpSync(join(SHOTS, name), join(documents, `workspace-${colorScheme}.png`))
  }
  expect(await violationsOn(page)).toEqual([])
})
