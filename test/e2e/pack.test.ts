import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeTinyPack } from '../reference/tiny-pack.ts'
import { Annotator } from './annotator.ts'
import { violationsOn } from './axe.ts'
import { launchChromium } from './chromium.ts'
import { ROOT, serveApp, type ServedApp } from './served-app.ts'

const home = mkdtempSync(join(tmpdir(), 'maskwright-pack-page-'))
const shots = join(ROOT, 'test/e2e/output')
let app: ServedApp
let browser: Browser
let page: Page

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  writeTinyPack(join(home, 'packs'))
  app = await serveApp(['--project', join(home, 'samples.maskwright'), '--images', join(ROOT, 'resources/samples')], { MASKWRIGHT_DATA: join(home, 'data'), MASKWRIGHT_PACKS: join(home, 'packs') })
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
  page.setDefaultTimeout(30_000)
}, 120_000)

afterAll(async () => {
  await browser.close()
  await app.stop()
})

test('models are chosen by keyboard with their method and settings, and propose by class names', async () => {
  await page.goto(app.url)
  await page.getByLabel('Add a class').first().fill('ox, ya')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'cat-on-sofa.jpg' }).click()
  const hands = new Annotator(page)
  await hands.onPicture('cat-on-sofa.jpg')
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
    await page.screenshot({ path: join(shots, `pre-label-pack-${scheme}-${width}.png`) })
    expect(await violationsOn(page)).toEqual([])
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  await dialog.getByRole('radio', { name: 'Only the open image' }).press('Space')
  await dialog.getByRole('button', { name: 'Start' }).click()
  await expect.poll(async () => (await hands.rows()).length, { timeout: 120_000 }).toBeGreaterThan(0)
  const rows = await hands.rows()
  expect(rows.every((row) => row.includes('ox') || row.includes('ya'))).toBe(true)
}, 240_000)
