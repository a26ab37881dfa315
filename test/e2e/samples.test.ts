import { cpSync, mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Annotator } from './annotator.ts'
import { violationsOn } from './axe.ts'
import { launchChromium } from './chromium.ts'
import { ROOT, serveApp, type ServedApp } from './served-app.ts'

const home = mkdtempSync(join(tmpdir(), 'maskwright-samples-'))
const shots = join(ROOT, 'test/e2e/output')
/** `UPDATE_SCREENSHOTS=1` renews the pictures of the README. */
const documents = process.env['UPDATE_SCREENSHOTS'] === '1' ? join(ROOT, 'docs/screenshots') : null
let app: ServedApp
let browser: Browser
let page: Page

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  app = await serveApp(['--project', join(home, 'samples.maskwright'), '--images', join(ROOT, 'resources/samples')], { MASKWRIGHT_DATA: join(home, 'data') })
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
  page.setDefaultTimeout(30_000)
}, 180_000)

afterAll(async () => {
  await browser.close()
  await app.stop()
})

test('the sample project opens on a picture, and proposals come at a key', async () => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto(app.url)
  await page.getByLabel('Add a class').first().fill('house, tree, car')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'house-and-trees.jpg' }).click()
  const hands = new Annotator(page)
  await hands.onPicture('house-and-trees.jpg')
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
  await page.screenshot({ path: join(shots, name) })
  if (documents !== null && width === 1280) {
    mkdirSync(documents, { recursive: true })
    cpSync(join(shots, name), join(documents, `workspace-${colorScheme}.png`))
  }
  expect(await violationsOn(page)).toEqual([])
})
