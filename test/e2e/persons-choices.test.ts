import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Annotator } from './annotator.ts'
import { launchChromium } from './chromium.ts'
import { drawPictures, PICTURES } from './draw-pictures.ts'
import { ROOT, serveApp, type ServedApp } from './served-app.ts'

// What a person may choose for themselves, and that it is remembered.
const home = mkdtempSync(join(tmpdir(), 'maskwright-choices-'))
const shots = join(ROOT, 'test/e2e/output')
let app: ServedApp
let browser: Browser
let page: Page
let hands: Annotator

beforeAll(async () => {
  mkdirSync(shots, { recursive: true })
  await drawPictures(join(home, 'photos'))
  app = await serveApp(['--root', home, '--project', join(home, 'meadow.maskwright'), '--images', join(home, 'photos')], { MASKWRIGHT_DATA: join(home, 'data') })
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark', reducedMotion: 'reduce' })
  page.setDefaultTimeout(10_000)
  hands = new Annotator(page)
  await page.goto(app.url)
  await hands.onPicture(PICTURES[0].name)
}, 60_000)

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await page.screenshot({ path: join(shots, 'choices-failed.png') })
})

afterAll(async () => {
  await browser.close()
  await app.stop()
})

const tool = () => page.locator('[data-tool]').getAttribute('data-tool')

test('a command gets another key, also one that was another command’s, and keeps it after a reload', async () => {
  await page.keyboard.press('F1')
  const sheet = page.getByRole('dialog', { name: 'Keys' })
  await sheet.getByRole('button', { name: 'Box: R. Change this key' }).click()
  await page.keyboard.press('b')
  await sheet.getByText('B is the key of “Brush”.').waitFor()
  await sheet.getByRole('button', { name: 'Take it from there' }).click()
  await sheet.getByRole('button', { name: 'Box: B. Change this key' }).waitFor()
  await page.keyboard.press('Escape')
  await sheet.waitFor({ state: 'detached' })
  await page.keyboard.press('b')
  await expect.poll(tool).toBe('box')
  await page.reload()
  await hands.onPicture(PICTURES[0].name)
  await page.keyboard.press('b')
  await expect.poll(tool).toBe('box')
})

test('Esc leaves a key as it is and the sheet open; a preset brings the keys of another tool, and all changes can be taken back', async () => {
  await page.keyboard.press('F1')
  const sheet = page.getByRole('dialog', { name: 'Keys' })
  await sheet.getByRole('button', { name: 'Magic wand: W. Change this key' }).click()
  await page.keyboard.press('Escape')
  await sheet.getByRole('button', { name: 'Magic wand: W. Change this key' }).waitFor()
  await sheet.getByRole('button', { name: 'Take all 2 changes back' }).click()
  await sheet.getByRole('button', { name: 'Brush: B. Change this key' }).waitFor()
  await sheet.getByRole('button', { name: /Keys like in/ }).click()
  await page.getByRole('option', { name: 'CVAT' }).click()
  await sheet.getByRole('button', { name: 'Next image: F. Change this key' }).waitFor()
  await page.keyboard.press('Escape')
  await sheet.waitFor({ state: 'detached' })
  await page.keyboard.press('f')
  await hands.canvas(PICTURES[1].name).waitFor()
  await page.keyboard.press('d')
  await hands.canvas(PICTURES[0].name).waitFor()
  await page.keyboard.press('Shift+Digit2')
  await expect.poll(tool).toBe('eraser')
})
