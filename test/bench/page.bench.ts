import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { Annotator } from '../e2e/annotator.ts'
import { launchChromium } from '../e2e/chromium.ts'
import { ROOT, serveApp } from '../e2e/served-app.ts'
import { atMost, quantile, type BenchResult } from './figures.ts'

const WIDTH = 4000
const HEIGHT = 3000
/** on the first image, as issue and README count memory; and on another, which the editor has to bear */
const MASKS = 200
const MANY_MASKS = 1000

/** Private memory, MiB, of Chromium's renderer processes that this process started, or null off Linux. */
function rendererMiB(): number | null {
  let most: number | null = null
  try {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        if (!command.includes('--type=renderer') || command.includes('--extension-process')) continue
        const kib = [...readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').matchAll(/^Private_\w+:\s+(\d+) kB/gm)].reduce((sum, [, value]) => sum + Number(value), 0)
        most = Math.max(most ?? 0, kib / 1024)
      } catch {
        // the process has ended meanwhile
      }
    }
  } catch {
    return null
  }
  return most
}

/** A 12-MP picture and as many masks, as COCO. */
async function prepare(folder: string): Promise<string> {
  const small = Buffer.from(Uint8Array.from({ length: 400 * 300 * 3 }, (_, i) => (i * 2_654_435_761) >>> 24))
  await sharp(small, { raw: { width: 400, height: 300, channels: 3 } }).resize(WIDTH, HEIGHT).jpeg().toFile(join(folder, 'large.jpg'))
  // others to go to
  for (const name of ['larger.jpg', 'largest.jpg', 'many.jpg']) copyFileSync(join(folder, 'large.jpg'), join(folder, name))
  const annotations = Array.from({ length: MASKS }, (_, i) => {
    const x = (i % 20) * 195 + 10
    const y = Math.floor(i / 20) * 290 + 10
    return { id: i + 1, image_id: 1, category_id: 1 + (i % 3), iscrowd: 0, segmentation: [[x, y, x + 180, y + 30, x + 160, y + 250, x + 20, y + 270]] }
  })
  const many = Array.from({ length: MANY_MASKS }, (_, i) => {
    const x = (i % 40) * 97 + 10
    const y = Math.floor(i / 40) * 116 + 10
    return { id: MASKS + i + 1, image_id: 2, category_id: 1 + (i % 3), iscrowd: 0, segmentation: [[x, y, x + 130, y + 30, x + 110, y + 150, x + 20, y + 170]] }
  })
  const coco = join(folder, 'large.json')
  writeFileSync(coco, JSON.stringify({ images: ['large.jpg', 'many.jpg'].map((name, i) => ({ id: i + 1, file_name: name, width: WIDTH, height: HEIGHT })), categories: [1, 2, 3].map((id) => ({ id, name: `class ${id}` })), annotations: [...annotations, ...many] }))
  return coco
}

/** ms from the key to the picture on screen, for neighbours that were fetched ahead. @param names one step apart each */
async function switchTimes(page: Page, names: readonly string[]): Promise<number[]> {
  await page.keyboard.press('v')
  const times: number[] = []
  let at = ['large.jpg', 'larger.jpg', 'largest.jpg'].indexOf('large.jpg')
  for (const name of names) {
    const next = ['large.jpg', 'larger.jpg', 'largest.jpg'].indexOf(name)
    // a person looks at a picture before they go on
    await page.waitForTimeout(1500)
    times.push(await page.evaluate(async ({ wanted, code }) => {
      const start = performance.now()
      document.body.dispatchEvent(new KeyboardEvent('keydown', { code, key: code, bubbles: true, cancelable: true }))
      const there = () => document.querySelector(`[role="img"][aria-label*="${wanted} "][data-picture="shown"]`) !== null
      while (!there()) await new Promise<void>((resolve) => { requestAnimationFrame(() => resolve()) })
      return performance.now() - start
    }, { wanted: name, code: next > at ? 'ArrowRight' : 'ArrowLeft' }))
    at = next
  }
  return times
}

/** An image is opened and worked on: some strokes and zooms, so that what grows with work has grown. */
async function workOn(hands: Annotator, name: string): Promise<void> {
  const { page } = hands
  await page.getByRole('button', { name: new RegExp(`^${name.replace('.', '\\.')}`) }).click()
  await hands.onPicture(name)
  await page.locator('[data-picture=shown]').waitFor()
  await page.keyboard.press('b')
  const picture = { name, width: WIDTH, height: HEIGHT }
  for (let i = 0; i < 10; i++) await hands.stroke(picture, [[200 + 300 * i, 300], [300 + 300 * i, 2500]])
  for (let i = 0; i < 12; i++) await page.mouse.wheel(0, i < 6 ? -240 : 240)
  await page.waitForTimeout(1000)
}

/** The page in a real browser: memory with a 12-MP image and 200 masks, and the first proposals of an image that has none. */
export async function run(): Promise<BenchResult> {
  const home = mkdtempSync(join(tmpdir(), 'maskwright-page-'))
  const coco = await prepare(home)
  const browser = await launchChromium()
  try {
    execFileSync(process.execPath, [join(ROOT, 'main/cli/maskwright.ts'), 'import', '--project', join(home, 'large.maskwright'), '--images', home, '--coco', coco], { env: { ...process.env, MASKWRIGHT_DATA: join(home, 'data') }, stdio: ['ignore', 'ignore', 'inherit'] })
    const large = await serveApp(['--project', join(home, 'large.maskwright'), '--images', home], { MASKWRIGHT_DATA: join(home, 'data') })
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    page.setDefaultTimeout(30_000)
    await page.goto(large.url)
    const hands = new Annotator(page)
    await workOn(hands, 'large.jpg')
    const memory = rendererMiB()
    await workOn(hands, 'many.jpg')
    const memoryOfMany = rendererMiB()
    await page.getByRole('button', { name: /^large\.jpg/ }).click()
    await hands.onPicture('large.jpg')
    const switches = await switchTimes(page, ['larger.jpg', 'largest.jpg', 'larger.jpg', 'large.jpg', 'larger.jpg', 'largest.jpg'])
    await page.close()
    await large.stop()

    const samples = await serveApp(['--project', join(home, 'samples.maskwright'), '--images', join(ROOT, 'resources/samples')], { MASKWRIGHT_DATA: join(home, 'data') })
    const second = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await second.goto(samples.url)
    const more = new Annotator(second)
    await second.locator('[data-picture=shown]').waitFor()
    await second.evaluate(() => localStorage.setItem('maskwright.view', JSON.stringify({ overlayOpacity: 0.5, outlineOnly: false, proposeOnOpen: true })))
    await second.reload()
    await more.onPicture('autumn-bench.jpg')
    await second.getByRole('button', { name: 'house-and-trees.jpg' }).waitFor()
    // the first picture got its proposals as it was opened: the pipeline runs. Now one that has none:
    while (await more.annotations().getByRole('listitem').count() === 0) await second.waitForTimeout(20)
    const started = performance.now()
    await second.getByRole('button', { name: 'house-and-trees.jpg' }).click()
    await more.canvas('house-and-trees.jpg').waitFor()
    while (await more.annotations().getByRole('listitem').count() === 0) await second.waitForTimeout(20)
    const first = (performance.now() - started) / 1000
    await second.close()
    await samples.stop()
    return {
      figures: {
        'page, 12 MP with 200 masks, private memory': memory === null ? { value: null, unit: 'MiB', target: '≤ 400 MiB', holds: null } : atMost(memory, 400, 'MiB'),
        // 600 MB
        'page, then 12 MP with 1,000 masks, private memory': memoryOfMany === null ? { value: null, unit: 'MiB', target: '≤ 572 MiB', holds: null } : atMost(memoryOfMany, 572, 'MiB'),
        'next or previous 12-MP image on screen, p50': atMost(quantile(switches, 0.5), 150, 'ms'),
        'next or previous 12-MP image on screen, p95': atMost(quantile(switches, 0.95), 150, 'ms'),
        'first proposals on screen after an image is opened that has none': atMost(first, 3, 's'),
      },
    }
  } finally {
    await browser.close()
  }
}
