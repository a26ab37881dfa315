import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { mipLevels } from '../../main/contract/pictures.ts'
import { createEngine } from '../../main/engine/create-engine.ts'
import { forkNode } from '../../main/engine/fork-node.ts'
import { decodeRgb } from '../../main/images/decode.ts'
import { makeMip } from '../../main/images/mips.ts'
import { scanFolder } from '../../main/images/scan-folder.ts'
import { makeThumbnail } from '../../main/images/thumbnails.ts'
import { type BenchResult, type Figure, atMost, median } from './figures.ts'

const IMAGES = 10_000
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
/** the issue names no target for it */
const measured = (value: number, unit: string): Figure => ({ value, unit, target: 'none set', holds: null })

/** A folder of 10,000 tiny pictures scanned, stored, opened again and paged; a 12-megapixel JPEG decoded, thumbnailed and cut into mips. */
export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-bench-'))
  try {
    return { figures: { ...await projectFigures(folder), ...await pictureFigures(folder) } }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function projectFigures(folder: string): Promise<Record<string, Figure>> {
  const photos = join(folder, 'photos')
  mkdirSync(photos)
  const tiny = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#336699' } }).png().toBuffer()
  // not all alike, as in a real folder: zeros behind a PNG are no part of it
  for (let i = 0; i < IMAGES; i++) writeFileSync(join(photos, `${String(i).padStart(6, '0')}.png`), Buffer.concat([tiny, Buffer.alloc(i % 97)]))

  const fresh = await timed(async () => { await scanFolder(photos, [], { onChanges: () => undefined }) })
  const project = join(folder, 'bench.maskwright')
  const caller = { id: 'bench', author: '' }
  const start = () => createEngine({ shell: 'cli', fork: forkNode, pipelineEntry: join(ROOT, 'main/pipeline/entry.ts'), dataFolder: join(folder, 'data'), roots: [] })
  const writer = await start()
  await writer.openProject(project, { create: { name: 'bench' } })
  const added = await timed(() => writer.addFolder(photos))
  const synced = await timed(() => writer.addFolder(photos))
  await writer.close()

  const openings: number[] = []
  const pages: number[] = []
  for (let i = 0; i < 5; i++) {
    const engine = await start()
    openings.push(await timed(async () => {
      await engine.openProject(project)
      await engine.call('project.info', {}, caller)
      await engine.call('images.page', { offset: 0, limit: 100 }, caller)
    }))
    pages.push(await timed(() => engine.call('images.page', { offset: IMAGES - 200, limit: 100 }, caller)))
    await engine.close()
  }
  return {
    'scan of new files, per 1,000': measured(fresh / (IMAGES / 1000), 'ms'),
    'folder.add, per 1,000 files': measured(added / (IMAGES / 1000), 'ms'),
    'sync of unchanged files, per 1,000': measured(synced / (IMAGES / 1000), 'ms'),
    'open a project of 10,000 images, info and first page': atMost(median(openings) / 1000, 0.5, 's'),
    'a page of 100 near the end of 10,000': measured(median(pages), 'ms'),
  }
}

async function pictureFigures(folder: string): Promise<Record<string, Figure>> {
  const path = join(folder, 'photo.jpg')
  // soft noise compresses about as a photo does
  const noise = await sharp({ create: { width: 1000, height: 750, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 50 } } }).png().toBuffer()
  await sharp(noise).resize(4000, 3000).withMetadata({ orientation: 6 }).jpeg({ quality: 92 }).toFile(path)
  const often = async (work: () => Promise<unknown>) => {
    const times: number[] = []
    for (let i = 0; i < 5; i++) times.push(await timed(work))
    return measured(median(times), 'ms')
  }
  const figures: Record<string, Figure> = { 'thumbnail, 12 MP JPEG': await often(() => makeThumbnail(path)) }
  for (let level = 0; level < mipLevels(3000, 4000); level++) figures[`mip level ${level}${level === 0 ? ' (turned, so re-encoded)' : ''}, 12 MP JPEG`] = await often(() => makeMip(path, 3000, 4000, level))
  figures['decodeRgb, 12 MP JPEG, whole'] = await often(() => decodeRgb(path))
  figures['decodeRgb, 12 MP JPEG, maxSide 512'] = await often(() => decodeRgb(path, { maxSide: 512 }))
  return figures
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
