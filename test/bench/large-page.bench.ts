import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchChromium } from '../e2e/chromium.ts'
import { serveApp } from '../e2e/served-app.ts'
import { atMost, type BenchResult, type Figure, quantile } from './figures.ts'
import { makeLargeProject } from './make-large-project.ts'

const ROUNDS = 10
/** images the filmstrip is scrolled by each time: far beyond what is held */
const SCROLLED_BY = 8600
const CELL_PX = 116

const p50AndP95 = (name: string, times: readonly number[], limit: number | null): Record<string, Figure> => Object.fromEntries(([['p50', 0.5], ['p95', 0.95]] as const).map(([quantileName, q]) => {
  const value = quantile(times, q)
  return [`${name}, ${quantileName}`, limit === null ? { value, unit: 'ms', target: 'none set', holds: null } : atMost(value, limit, 'ms')]
}))

/** ms from the navigation's start, loading the page included, until the filmstrip has its first images. */
const opened = (page: Page): Promise<number> => page.evaluate(async () => {
  while (document.querySelectorAll('.filmstrip-name').length < 6) await new Promise<void>((resolve) => { requestAnimationFrame(() => resolve()) })
  return performance.now()
})

/** ms until every cell in view has its image, from a jump to a place nobody was near. */
const scrolledTo = (page: Page, place: number): Promise<number> => page.evaluate(async ({ wanted, cellPx }) => {
  const start = performance.now()
  const strip = document.querySelector('.filmstrip-scroll')
  if (strip === null) throw new Error('there is no filmstrip')
  strip.scrollLeft = wanted * cellPx
  for (;;) {
    const cells = [...document.querySelectorAll('.filmstrip-cell')]
    const there = cells.some((cell) => Number(cell.getAttribute('aria-posinset')) === wanted + 1)
    if (there && cells.every((cell) => cell.querySelector('.filmstrip-name') !== null)) return performance.now() - start
    await new Promise<void>((resolve) => { requestAnimationFrame(() => resolve()) })
  }
}, { wanted: place, cellPx: CELL_PX })

/** ms from the click on a filter until the list of another length is there with its images. */
async function filteredBy(page: Page, name: string): Promise<number> {
  await page.locator('.filter-bar-show button').click()
  await page.getByRole('option', { name, exact: true }).waitFor()
  await page.waitForTimeout(300)
  return page.evaluate(async (wanted) => {
    const lengthShown = () => document.querySelector('.filmstrip-place')?.textContent?.match(/[\d,]+(?=\D*$)/)?.[0] ?? ''
    const before = lengthShown()
    const start = performance.now()
    ;[...document.querySelectorAll<HTMLElement>('[role="option"]')].find(({ textContent }) => textContent === wanted)?.click()
    while (lengthShown() === '' || lengthShown() === before || document.querySelectorAll('.filmstrip-name').length < 6) await new Promise<void>((resolve) => { requestAnimationFrame(() => resolve()) })
    return performance.now() - start
  }, name)
}

/** A project of 100,000 images and 1,000,000 annotations in the page, as a person sees it: opened, scrolled, filtered. The engine's own part is in large-project. */
export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-bench-'))
  const browser = await launchChromium()
  try {
    const path = join(folder, 'bench.maskwright')
    await makeLargeProject(path)
    const app = await serveApp(['--project', path], { MASKWRIGHT_DATA: join(folder, 'data') })
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    page.setDefaultTimeout(60_000)
    const [opening, scrolling, filtering]: number[][] = [[], [], []]
    await page.goto(app.url)
    await opened(page)
    for (let round = 0; round < ROUNDS; round++) {
      await page.reload()
      opening.push(await opened(page))
    }
    await page.waitForTimeout(1000)
    for (let round = 1; round <= ROUNDS; round++) scrolling.push(await scrolledTo(page, round * SCROLLED_BY))
    await scrolledTo(page, 0)
    for (let round = 0; round < ROUNDS; round++) filtering.push(await filteredBy(page, round % 2 === 0 ? 'With proposals' : 'All images'))
    await page.close()
    await app.stop()
    return {
      figures: {
        ...p50AndP95('the page loaded on a project of 100,000 images, filmstrip there', opening, 1000),
        ...p50AndP95(`filmstrip moved by ${SCROLLED_BY.toLocaleString('en')} images`, scrolling, null),
        ...p50AndP95('another filter, from the click to the list', filtering, 100),
      },
    }
  } finally {
    await browser.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
