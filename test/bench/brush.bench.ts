import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { build } from 'vite'
import type { BrushBench } from './brush/brush-page.tsx'
import { launchChromium } from '../e2e/chromium.ts'
import { type BenchResult, type Figure, atMost, quantile } from './figures.ts'

const WIDTH = 4000
const HEIGHT = 3000
/** on one image: what the targets are for, and what shows how much room is left */
const MASKS = 1000
const MANY_MASKS = 5000
const STROKES = 12
const EVENTS_PER_STROKE = 60
/** of a stroke that moves the borders of some twenty neighbours */
const EVENTS_PER_SHORT_STROKE = 8
const OVERLAPPED = 20
/** a frame that comes one and a half times 1/60 s after the one before was late */
const LATE_MS = 25
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

const measured = (value: number, unit: string): Figure => ({ value, unit, target: 'none set', holds: null })

/**
 * The canvas in a headless browser with software rendering: 12 MP, 1,000 masks, a 1280×800 view, and the same with 5,000
 * masks, without targets. The engine is the tests' fake one, so the figures are the page's own work. `--masks N`: that
 * many instead; `--screenshot FILE` keeps a picture of the page.
 */
export async function run(flags: readonly string[] = []): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-brush-'))
  const given = (flag: string) => (flags.includes(flag) ? flags[flags.indexOf(flag) + 1] : undefined)
  try {
    await build({ root: fileURLToPath(new URL('brush', import.meta.url)), configFile: false, logLevel: 'error', base: '/', plugins: [react()], build: { outDir: folder, emptyOutDir: true, target: 'esnext' } })
    const server = await serve(folder)
    const browser = await launchChromium()
    try {
      const { port } = server.address() as AddressInfo
      const figures: Record<string, Figure> = {}
      for (const masks of given('--masks') === undefined ? [MASKS, MANY_MASKS] : [Number(given('--masks'))]) {
        const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
        await page.goto(`http://127.0.0.1:${port}/?width=${WIDTH}&height=${HEIGHT}&masks=${masks}`)
        await page.waitForSelector('[data-picture=shown]')
        for (const [name, figure] of Object.entries(await figuresOf(page))) {
          figures[`${masks.toLocaleString('en')} masks: ${name}`] = masks === MANY_MASKS ? { ...figure, target: 'none set', holds: null } : figure
        }
        const shot = given('--screenshot')
        if (shot !== undefined) await page.screenshot({ path: shot })
        await page.close()
      }
      return { figures }
    } finally {
      await browser.close()
      server.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The tool in hand draws strokes across the view, every other one going on with the object before, as a person does. @returns how many masks each met */
async function paint(page: Page, strokes: number, events: number, met: 'overlaps' | 'changedBeside'): Promise<number[]> {
  const overlaps: number[] = []
  for (let stroke = 0; stroke < strokes; stroke++) {
    if (stroke % 2 === 0) await page.evaluate(() => window.brushBench?.editor.select(null))
    await page.mouse.move(200 + stroke * 40, 200 + stroke * 30)
    await page.mouse.down()
    for (let i = 1; i <= events; i++) await page.mouse.move(200 + stroke * 40 + 6 * i, 200 + stroke * 30 + 150 * Math.sin(i / 9))
    await page.mouse.up()
    await page.evaluate(() => window.brushBench?.editor.flush())
    overlaps.push(await page.evaluate((how) => window.brushBench?.[how]() ?? 0, met))
  }
  return overlaps
}

async function figuresOf(page: Page): Promise<Record<string, Figure>> {
  await page.evaluate(() => {
    window.brushBench?.editor.setTool('brush')
    window.brushBench?.editor.setBrushRadius(40)
  })
  const overlaps = await paint(page, STROKES, EVENTS_PER_STROKE, 'overlaps')
  const painted = await read(page)
  const undo = await undone(page, STROKES)
  await reset(page)
  await page.evaluate(() => {
    window.brushBench?.editor.setNeighbours('shareBorders')
    window.brushBench?.editor.setBrushRadius(8)
  })
  const beside = await paint(page, STROKES, EVENTS_PER_SHORT_STROKE, 'changedBeside')
  const shared = await read(page)
  const sharedUndo = await undone(page, STROKES)
  await reset(page)
  await page.evaluate(() => window.brushBench?.editor.setTool('select'))
  for (let i = 0; i < 30; i++) await page.mouse.click(120 + i * 35, 100 + (i * 137) % 600)
  const selected = await read(page)
  await reset(page)
  await page.mouse.move(640, 400)
  await page.evaluate(() => { if (window.brushBench !== undefined) window.brushBench.watching = true })
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 40; i++) await page.mouse.wheel(0, i % 20 < 10 ? -120 : 120)
    await page.mouse.down({ button: 'middle' })
    for (let i = 0; i < 120; i++) await page.mouse.move(640 + 100 * Math.sin(i / 8), 400 + 80 * Math.cos(i / 8))
    await page.mouse.up({ button: 'middle' })
  }
  await page.evaluate(() => { if (window.brushBench !== undefined) window.brushBench.watching = false })
  const moved = await read(page)
  const heap = await page.evaluate(() => (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0)
  const { looked, shown } = painted.frames
  const ofMany = painted.times['commit'].filter((_, i) => overlaps[i] >= OVERLAPPED)
  const late = moved.times['interval'].filter((ms) => ms > LATE_MS).length / moved.times['interval'].length
  return {
    'strokes’ events whose px is there in the next frame': { value: shown / looked, unit: 'share', target: '= 1', holds: shown === looked },
    ...both('brush event', painted.times['brush event'], { p50: 0.1 }),
    ...both('frame while painting', painted.times['frame'], {}),
    ...both(`end of a stroke that overlaps ${OVERLAPPED} masks or more (${ofMany.length} strokes, ${Math.min(...overlaps)}–${Math.max(...overlaps)} masks)`, ofMany, { p50: 30, p95: 30 }),
    ...both(`end of a stroke that moves the borders of ${Math.min(...beside)}–${Math.max(...beside)} neighbours`, shared.times['commit'], { p50: 30, p95: 30 }),
    ...both('select by click', selected.times['commit'], { p50: 2, p95: 2 }),
    ...both('main thread in a frame while panning and zooming, scripts, style and paint', moved.times['whole frame'], { p50: 10, p95: 10 }),
    ...both('of it the page’s own drawing', moved.times['frame'], { p95: 10 }),
    [`frames later than ${LATE_MS} ms while panning and zooming, of ${moved.times['interval'].length}`]: atMost(100 * late, 1, '%'),
    ...both('undo, without the engine’s part', undo, { p50: 10, p95: 10 }),
    ...both('undo that moves the borders back, likewise', sharedUndo, {}),
    'image opened, masks drawn': measured(painted.times['open'][0], 'ms'),
    'JavaScript heap': measured(heap / 1e6, 'MB'),
  }
}

/** ms of each of the last edits taken back. */
const undone = (page: Page, edits: number): Promise<number[]> => page.evaluate(async (count) => {
  const bench = window.brushBench
  const times: number[] = []
  await bench?.editor.flush()
  // warm-up: the first runs of a path are the compiler's
  for (let i = 0; i < 3; i++) {
    await bench?.editor.undo()
    await bench?.editor.redo()
  }
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    await bench?.editor.undo()
    times.push(performance.now() - start)
  }
  return times
}, edits)

/** Median and 95 % of some ms, with their targets. */
const both = (name: string, times: readonly number[], most: { readonly p50?: number; readonly p95?: number }): Record<string, Figure> => Object.fromEntries(([['p50', 0.5], ['p95', 0.95]] as const).map(([quantileName, q]) => {
  const limit = most[quantileName]
  const value = quantile(times, q)
  return [`${name}, ${quantileName}`, limit === undefined ? measured(value, 'ms') : atMost(value, limit, 'ms')]
}))

const read = (page: Page): Promise<Pick<BrushBench, 'times' | 'frames'>> => page.evaluate(() => {
  const bench = window.brushBench
  if (bench === undefined) throw new Error('the benchmark page did not start')
  return { times: structuredClone(bench.times), frames: { ...bench.frames } }
})
const reset = (page: Page) => page.evaluate(() => { for (const list of Object.values(window.brushBench?.times ?? {})) list.length = 0 })

/** Page and pictures; isolated, so that the page's clock counts in 5 µs and not in 100. */
async function serve(folder: string) {
  const noise = await sharp({ create: { width: 500, height: 375, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 40 } } }).png().toBuffer()
  const mips = await Promise.all([0, 1, 2, 3].map((level) => sharp(noise).resize(WIDTH >> level, HEIGHT >> level).jpeg().toBuffer()))
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://page').pathname
    const level = /^\/pictures\/1\/\d+\/mip\/(\d)$/.exec(path)?.[1]
    const name = path === '/' ? '/index.html' : path
    try {
      const bytes = level === undefined ? readFileSync(join(folder, name)) : mips[Number(level)]
      response.writeHead(200, { 'content-type': level === undefined ? TYPES[extname(name)] ?? 'application/octet-stream' : 'image/jpeg', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' })
      response.end(bytes)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return server
}
