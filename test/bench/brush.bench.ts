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
/** on one image; `--masks N` for another number */
const MASKS = 1000
const STROKES = 12
const EVENTS_PER_STROKE = 60
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

const measured = (value: number, unit: string): Figure => ({ value, unit, target: 'none set', holds: null })

/**
 * The canvas in a headless browser with software rendering: 12 MP, 1,000 masks, a 1280×800 view. The engine is the tests'
 * fake one, so the figures are the page's own work. `--screenshot FILE` keeps a picture of the page.
 */
export async function run(flags: readonly string[] = []): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-brush-'))
  try {
    await build({ root: fileURLToPath(new URL('brush', import.meta.url)), configFile: false, logLevel: 'error', base: '/', plugins: [react()], build: { outDir: folder, emptyOutDir: true, target: 'esnext' } })
    const server = await serve(folder)
    const browser = await launchChromium()
    try {
      const { port } = server.address() as AddressInfo
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
      const masks = Number(flags[flags.indexOf('--masks') + 1 || flags.length] ?? MASKS)
      await page.goto(`http://127.0.0.1:${port}/?width=${WIDTH}&height=${HEIGHT}&masks=${masks}`)
      await page.waitForSelector('[data-picture=shown]')
      const result = { figures: await figuresOf(page) }
      const at = flags.indexOf('--screenshot')
      if (at >= 0 && flags[at + 1] !== undefined) await page.screenshot({ path: flags[at + 1] })
      return result
    } finally {
      await browser.close()
      server.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function figuresOf(page: Page): Promise<Record<string, Figure>> {
  await page.evaluate(() => {
    window.brushBench?.editor.setTool('brush')
    window.brushBench?.editor.setBrushRadius(40)
  })
  for (let stroke = 0; stroke < STROKES; stroke++) {
    // every other stroke goes on with the object before, as a person does
    if (stroke % 2 === 0) await page.evaluate(() => window.brushBench?.editor.select(null))
    await page.mouse.move(200 + stroke * 40, 200 + stroke * 30)
    await page.mouse.down()
    for (let i = 1; i <= EVENTS_PER_STROKE; i++) await page.mouse.move(200 + stroke * 40 + 6 * i, 200 + stroke * 30 + 150 * Math.sin(i / 9))
    await page.mouse.up()
  }
  const painted = await read(page)
  await reset(page)
  await page.evaluate(() => window.brushBench?.editor.setTool('select'))
  for (let i = 0; i < 30; i++) await page.mouse.click(120 + i * 35, 100 + (i * 137) % 600)
  const selected = await read(page)
  await reset(page)
  await page.mouse.move(640, 400)
  for (let i = 0; i < 40; i++) await page.mouse.wheel(0, i % 20 < 10 ? -120 : 120)
  await page.mouse.down({ button: 'middle' })
  for (let i = 0; i < 60; i++) await page.mouse.move(640 + 100 * Math.sin(i / 8), 400 + 80 * Math.cos(i / 8))
  await page.mouse.up({ button: 'middle' })
  const moved = await read(page)
  const undo = await page.evaluate(async () => {
    const bench = window.brushBench
    const times: number[] = []
    await bench?.editor.flush()
    for (let i = 0; i < 8; i++) {
      const start = performance.now()
      await bench?.editor.undo()
      times.push(performance.now() - start)
    }
    return times
  })
  const heap = await page.evaluate(() => (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0)
  const { looked, shown } = painted.frames
  return {
    'strokes’ events whose px is there in the next frame': { value: shown / looked, unit: 'share', target: '= 1', holds: shown === looked },
    'brush event p50': atMost(quantile(painted.times['brush event'], 0.5), 0.1, 'ms'),
    'brush event p95': measured(quantile(painted.times['brush event'], 0.95), 'ms'),
    'frame while painting p95': measured(quantile(painted.times['frame'], 0.95), 'ms'),
    'end of a stroke p95': atMost(quantile(painted.times['commit'], 0.95), 30, 'ms'),
    'select by click p50': measured(quantile(selected.times['commit'], 0.5), 'ms'),
    'select by click p95': atMost(quantile(selected.times['commit'], 0.95), 2, 'ms'),
    'frame while panning and zooming p50': measured(quantile(moved.times['frame'], 0.5), 'ms'),
    'frame while panning and zooming p95': atMost(quantile(moved.times['frame'], 0.95), 10, 'ms'),
    'undo p50 (without the engine’s part)': atMost(quantile(undo, 0.5), 10, 'ms'),
    'image opened, masks drawn': measured(painted.times['open'][0], 'ms'),
    'JavaScript heap': measured(heap / 1e6, 'MB'),
  }
}

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
