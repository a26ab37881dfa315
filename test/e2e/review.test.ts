import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Annotator } from './annotator.ts'
import { violationsOn } from './axe.ts'
import { launchChromium } from './chromium.ts'
import { drawPictures, PICTURES } from './draw-pictures.ts'
import { ROOT, serveApp, type ServedApp } from './served-app.ts'

// What a reviewer does: comments, names, verdicts, filters, the grid.
const home = mkdtempSync(join(tmpdir(), 'maskwright-review-'))
const photos = join(home, 'photos')
const shots = join(ROOT, 'test/e2e/output')
let app: ServedApp
let browser: Browser
let page: Page
let hands: Annotator

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await drawPictures(photos)
  app = await serveApp(['--root', home, '--project', join(home, 'meadow.maskwright'), '--images', photos], { MASKWRIGHT_DATA: join(home, 'data') })
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark', reducedMotion: 'reduce' })
  page.setDefaultTimeout(15_000)
  hands = new Annotator(page)
  await page.goto(app.url)
  await page.getByLabel('Add a class').first().fill('ball, box')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: PICTURES[0].name }).click()
  await hands.onPicture(PICTURES[0].name)
}, 90_000)

afterAll(async () => {
  await browser.close()
  await app.stop()
})

/** Both themes: a picture to look at, and no violation. */
async function looksRight(name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.waitForFunction((theme) => document.documentElement.dataset['theme'] === theme, colorScheme)
    await page.screenshot({ path: join(shots, `${name}-${colorScheme}.png`) })
    expect(await violationsOn(page)).toEqual([])
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
  await page.getByRole('button', { name: PICTURES[1].name }).click()
  await hands.onPicture(PICTURES[1].name)
  expect(await review().getByRole('textbox', { name: 'Labels' }).inputValue()).toBe('')
  await page.getByRole('button', { name: PICTURES[0].name }).click()
  await hands.onPicture(PICTURES[0].name)
  expect(await review().getByRole('textbox', { name: 'Labels' }).inputValue()).toBe('Ada')
  await looksRight('review-panel')
})
