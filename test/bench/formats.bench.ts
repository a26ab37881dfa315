import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { fromCocoCounts, toCocoCounts } from '../../main/masks/coco-rle.ts'
import { areaOf, decodeInto, encodePlane } from '../../main/masks/rle.ts'
import { iou, unionMasks } from '../../main/masks/set-operations.ts'
import { atMost, type BenchResult, type Figure, median } from './figures.ts'
import { generateInstances, TRAIN_2017 } from './generate-instances.ts'

const here = dirname(fileURLToPath(import.meta.url))
const run1 = promisify(execFile)
const WIDTH = 4000
const HEIGHT = 3000
const RATIO_MAX = 1.5
const WARM_MS = 333
const CALLS = 21

/**
 * Import and export of a file like COCO train2017 in a process of its own (`--scale 0.1` makes it smaller: then nothing
 * is judged), and the mask kernels on 12 MP against pycocotools where MASKWRIGHT_PYTHON names a Python that has it.
 */
export async function run(flags: readonly string[]): Promise<BenchResult> {
  const at = flags.indexOf('--scale')
  const scale = at < 0 ? 1 : Number(flags[at + 1])
  const home = await mkdtemp(join(tmpdir(), 'maskwright-bench-formats-'))
  try {
    const count = { images: Math.round(TRAIN_2017.images * scale), annotations: Math.round(TRAIN_2017.annotations * scale) }
    const file = join(home, 'instances.json')
    const megabytes = (await generateInstances(file, count)) / 1e6
    const { stdout } = await run1(process.execPath, [join(here, 'formats-child.ts'), file, home, String(count.images)], { maxBuffer: 1 << 20 })
    const child = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<'annotations' | 'written' | 'importS' | 'importCpuS' | 'joinS' | 'importHeldMs' | 'importHeldCpuMs' | 'exportS' | 'exportCpuS' | 'exportHeldMs' | 'exportHeldCpuMs' | 'editMs' | 'edits' | 'peakMb', number>
    if (child.annotations !== count.annotations || child.written !== count.annotations) throw new Error(`${child.annotations} read and ${child.written} written of ${count.annotations}`)
    const judged = (figure: Figure): Figure => (scale === 1 ? figure : { ...figure, holds: null })
    const said = (value: number, unit: string): Figure => ({ value, unit, target: 'said', holds: null })
    return {
      figures: {
        'file': { value: megabytes, unit: 'MB', target: 'about 450 MB', holds: null },
        'import': judged(atMost(child.importS, 90, 's')),
        'import, processor': said(child.importCpuS, 's'),
        'import, of it joining': said(child.joinS, 's'),
        'import, longest hold of the engine': said(child.importHeldMs, 'ms'),
        'import, of it of its own doing': said(child.importHeldCpuMs, 'ms'),
        'export': judged(atMost(child.exportS, 60, 's')),
        'export, processor': said(child.exportCpuS, 's'),
        'export, longest hold of the engine': said(child.exportHeldMs, 'ms'),
        'export, of it of its own doing': said(child.exportHeldCpuMs, 'ms'),
        'strokes drawn meanwhile': said(child.edits, ''),
        'slowest of them': said(child.editMs, 'ms'),
        'peak of both': judged(atMost(child.peakMb, 700, 'MB')),
        ...await maskFigures(home),
      },
    }
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

async function maskFigures(home: string): Promise<Record<string, Figure>> {
  // blobs with ragged borders and holes, as masks of photos have
  const plane = (shift: number): Uint8Array => Uint8Array.from({ length: WIDTH * HEIGHT }, (_, p) => {
    const x = p % WIDTH
    const y = Math.floor(p / WIDTH)
    const wave = Math.sin((x + shift) / 37) * 23 + Math.sin(y / 11 + x / 53) * 9
    const d = Math.hypot(x - 2000 - shift, y - 1500)
    return (d < 1200 + wave && d > 300 + wave) ? 1 : 0
  })
  const pa = plane(0)
  const a = encodePlane(pa, WIDTH, HEIGHT)
  const b = encodePlane(plane(150), WIDTH, HEIGHT)
  const target = new Uint8Array(WIDTH * HEIGHT)
  const counts = toCocoCounts(a, WIDTH, HEIGHT)
  let sink = 0
  const ours: Record<string, number> = {
    encode: seconds(() => { sink += encodePlane(pa, WIDTH, HEIGHT).width }),
    decode: seconds(() => { target.fill(0); decodeInto(a, target, WIDTH, 1) }),
    merge: seconds(() => { sink += unionMasks(a, b).width }),
    area: seconds(() => { sink += areaOf(a) }),
    // the box is part of a mask; pycocotools finds it from the runs each time
    bbox: seconds(() => { sink += a.x + a.y + a.width + a.height }),
    iou: seconds(() => { sink += iou(a, b) }),
  }
  const coco: Record<string, number> = {
    'to COCO counts': seconds(() => { sink += toCocoCounts(a, WIDTH, HEIGHT).length }),
    'from COCO counts': seconds(() => { sink += fromCocoCounts(counts, WIDTH, HEIGHT).width }),
  }
  if (!Number.isFinite(sink)) throw new Error('the work was not done')
  const python = process.env['MASKWRIGHT_PYTHON']
  let theirs: Record<string, number> | null = null
  if (python !== undefined && python !== '') {
    const spec = join(home, 'masks.json')
    await writeFile(spec, JSON.stringify({ width: WIDTH, height: HEIGHT, counts: [counts, toCocoCounts(b, WIDTH, HEIGHT)] }))
    theirs = JSON.parse((await run1(python, [join(here, '..', 'reference', 'bench_coco_masks.py'), spec])).stdout) as Record<string, number>
  }
  return Object.fromEntries([
    ...Object.entries(ours).map(([name, value]): [string, Figure] => {
      const reference = theirs?.[name]
      const figure = { value: value * 1e3, unit: 'ms', target: `≤ ${RATIO_MAX} × pycocotools` }
      return [`12 MP ${name}`, reference === undefined ? { ...figure, holds: null } : { ...figure, holds: value <= reference * RATIO_MAX, reference: reference * 1e3, ratio: value / reference }]
    }),
    ...Object.entries(coco).map(([name, value]): [string, Figure] => [`12 MP ${name}`, { value: value * 1e3, unit: 'ms', target: 'said', holds: null }]),
  ])
}

/** A median after a third of a second of the same work; bench_coco_masks.py does likewise, so that neither side pays for its start. s */
function seconds(work: () => void): number {
  for (const until = performance.now() + WARM_MS; performance.now() < until;) work()
  return median(Array.from({ length: CALLS }, () => {
    const started = performance.now()
    work()
    return (performance.now() - started) / 1000
  }))
}
