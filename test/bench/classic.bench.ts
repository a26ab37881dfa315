import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEFAULT_SETTINGS } from '../../main/contract/settings.ts'
import { forkNode } from '../../main/engine/fork-node.ts'
import type { Timings } from '../../main/pipeline/messages.ts'
import { createPipeline } from '../../main/pipeline/owner.ts'
import { paintPhoto } from '../unit/prelabel/painted-photos.ts'
import { atMost, median, quantile, type BenchResult, type Figure } from './figures.ts'

const ENTRY = fileURLToPath(new URL('../../main/pipeline/entry.ts', import.meta.url))
const PARTS: readonly (keyof Timings)[] = ['decode', 'features', 'affinity', 'clusters', 'upsampling', 'masks']

/** Twelve 640×480 pictures with 25 discs each on a grainy ground. */
async function paint(folder: string): Promise<void> {
  for (let i = 0; i < 12; i++) {
    const discs = Array.from({ length: 25 }, (_, k) => ({
      x: (k * 137 + i * 61) % 640, y: (k * 89 + i * 31) % 480, radius: 15 + ((k * 7 + i) % 50),
      colour: `#${[k * 53, k * 97 + 40, k * 31 + i * 20].map((value) => (value % 256).toString(16).padStart(2, '0')).join('')}`,
    }))
    await paintPhoto(join(folder, `${i}.jpg`), 640, 480, discs, i + 1)
  }
}

/** Most memory the process has held, bytes; null where /proc does not say. */
function peakBytes(pid: number | undefined): number | null {
  try {
    const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return line === null ? null : Number(line[1]) * 1024
  } catch {
    return null
  }
}

/** Photo → proposals with the pack classic through the forked pipeline process. `--images DIR` measures on a folder of one's own. */
export async function run(flags: readonly string[]): Promise<BenchResult> {
  const given = flags.indexOf('--images')
  const own = given < 0 ? mkdtempSync(join(tmpdir(), 'maskwright-bench-')) : undefined
  const folder = own ?? resolve(flags[given + 1] ?? '.')
  let pid: number | undefined
  const pipeline = createPipeline({
    entry: ENTRY,
    fork(entry, args) {
      const channel = forkNode(entry, args)
      pid = channel.pid
      return channel
    },
    onState: () => undefined,
    log: (level, message) => process.stderr.write(`${level}: ${message}\n`),
  })
  try {
    if (own !== undefined) await paint(own)
    const paths = readdirSync(folder).filter((name) => /\.jpe?g$/i.test(name)).sort().map((name) => join(folder, name))
    if (paths.length === 0) throw new Error(`${folder} has no JPEG to measure on`)
    const propose = (path: string) => pipeline.request('propose', { path, pack: 'classic', method: 'regions', profile: 'corrected', settings: DEFAULT_SETTINGS })
    const started = performance.now()
    await propose(paths[0])
    const first = (performance.now() - started) / 1000
    const seconds: number[] = [], regions: number[] = []
    const parts: Timings[] = []
    for (const path of paths) {
      const from = performance.now()
      const answer = await propose(path)
      seconds.push((performance.now() - from) / 1000)
      parts.push(answer.timings)
      regions.push(answer.proposals.length)
    }
    const peak = peakBytes(pid)
    const figures: Record<string, Figure> = {
      'photo, median': atMost(median(seconds), 2, 's'),
      'photo, slowest': atMost(quantile(seconds, 1), 2, 's'),
      'first proposal, process started': atMost(first, 3, 's'),
      ...Object.fromEntries(PARTS.map((part) => [`part: ${part}`, { value: median(parts.map((one) => one[part])) / 1000, unit: 's', target: 'none', holds: null }])),
      'proposals a photo, median': { value: median(regions), unit: 'regions', target: '8–30', holds: median(regions) >= 8 && median(regions) <= 30 },
      'pipeline memory, peak': { value: peak === null ? null : peak / 2 ** 20, unit: 'MiB', target: 'none', holds: null },
    }
    return { figures }
  } finally {
    await pipeline.close()
    if (own !== undefined) rmSync(own, { recursive: true, force: true })
  }
}
