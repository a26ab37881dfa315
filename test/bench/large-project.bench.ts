import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ImageFilter } from '../../main/contract/images.ts'
import { ExportOptions } from '../../main/contract/transfer.ts'
import { projectSource } from '../../main/engine/project-source.ts'
import { writeExport } from '../../main/formats/formats.ts'
import { openProjectFile } from '../../main/project/open-project-file.ts'
import type { NewAnnotation, ProjectFile } from '../../main/project/project-file.ts'
import { atMost, type BenchResult, type Figure, median, quantile } from './figures.ts'

const IMAGES = 100_000
const PER_IMAGE = 10
const CLASSES = 80
const ROUNDS = 5
const STATES = ['pending', 'pending', 'pending', 'accepted', 'fixed', 'drawn', 'rejected'] as const

const since = (start: number): number => performance.now() - start

/** A small linear congruential generator: the same project on every machine. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** 100,000 images in two folders of one, ten annotations each, of 80 classes of which the first are the most frequent. */
async function make(path: string): Promise<number[]> {
  const random = seeded(1)
  const made = openProjectFile(path, { create: { name: 'bench' } })
  const folderId = made.folders.add('/pictures')
  const ids = made.images.applyScan(folderId, {
    added: Array.from({ length: IMAGES }, (_, i) => ({ path: `${i % 10 === 0 ? 'val' : 'train'}/${String(i).padStart(12, '0')}.jpg`, width: 640, height: 480, bytes: 100_000, modified: 1.7e12, fingerprint: `${i}`, problem: null, remark: null })),
    changed: [], missing: [], returned: [],
  })
  const classIds = Array.from({ length: CLASSES }, () => made.ids.reserve(1))
  const classes = classIds.map((id, order) => ({ kind: 'class' as const, id, name: `class ${order}`, synonyms: [], colour: '#0072b2', order, extent: 'thing' as const, importedId: null, carried: null }))
  const runs = new Uint8Array(60).fill(10)
  function* annotations(): Generator<NewAnnotation> {
    for (const imageId of ids) {
      for (let k = 0; k < PER_IMAGE; k++) {
        const side = 40 + Math.floor(random() * 160)
        yield {
          imageId, classId: random() < 0.05 ? null : classIds[Math.floor(random() * random() * CLASSES)], state: STATES[Math.floor(random() * STATES.length)],
          mask: { x: 10, y: 10, width: side, height: side, runs }, areaPx2: Math.floor(random() * 20_000), score: random() < 0.3 ? null : random(), z: k, crowd: false, locked: false,
          boxOnly: [10, 10, side, side], importedId: null, provenance: { source: 'import', by: 'instances.json' }, carried: null,
        }
      }
    }
  }
  const staged = made.stageImport()
  for (const annotation of annotations()) staged.add([annotation])
  await staged.join({ classes, images: [], captionsKey: 'captions', meta: {}, markDone: false })
  made.close()
  return classIds
}

/** A change of the project makes every list be made anew: the first page after one is what a person waits for. */
function filtered(project: ProjectFile, filter: ImageFilter): { ms: number; total: number } {
  const times: number[] = []
  let total = 0
  for (let round = 0; round < ROUNDS; round++) {
    project.meta.set('bench', round)
    const start = performance.now()
    total = project.images.page(filter, 0, 200).total
    times.push(since(start))
  }
  return { ms: median(times), total }
}

/** A project of 100,000 images and 1,000,000 annotations: opening, filtering, queues, walking, counting, export. */
export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-bench-'))
  try {
    const path = join(folder, 'bench.maskwright')
    const [frequent, , , , , , , , , rare] = await make(path)
    const figures: Record<string, Figure> = {}
    const opened: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now()
      const project = openProjectFile(path)
      project.images.counts()
      project.folders.list()
      project.classes.list()
      project.images.page({}, 0, 200)
      opened.push(since(start))
      project.close()
    }
    figures['open 100,000 images, first page and counts'] = atMost(median(opened), 1000, 'ms')

    const project = openProjectFile(path)
    const filters: Record<string, ImageFilter> = {
      state: { state: ['new'] },
      'text in the name': { text: '123' },
      'a folder': { under: 'val/' },
      'a frequent class': { annotation: { classId: frequent } },
      'a rarer class': { annotation: { classId: rare } },
      'nobody’s, without comments': { assignee: null, comments: 'none' },
      'score range': { annotation: { score: [0.4, 0.6] } },
      'score, area and state': { annotation: { score: [0.4, 0.6], areaPx2: [100, 5000], states: ['pending'] } },
      'everything at once': { state: ['new'], text: '1', under: 'train/', assignee: null, review: 'none', comments: 'none', annotation: { classId: frequent, score: [0.2, 0.9], areaPx2: [100, 15_000], states: ['pending', 'accepted'] } },
    }
    for (const [name, filter] of Object.entries(filters)) {
      const { ms, total } = filtered(project, filter)
      figures[`filter: ${name} (${total} images)`] = atMost(ms, 100, 'ms')
    }
    figures['queue by uncertainty'] = atMost(filtered(project, { order: 'uncertainty' }).ms, 100, 'ms')
    figures['queue by class'] = atMost(filtered(project, { order: 'class' }).ms, 300, 'ms')
    const walked: number[] = []
    const filter: ImageFilter = { annotation: { classId: frequent } }
    const { total } = project.images.page(filter, 0, 1)
    for (let at = 0; at < total; at += Math.ceil(total / 200)) {
      const start = performance.now()
      const { rows } = project.images.page(filter, at, 200)
      project.images.place(filter, rows[0].id)
      walked.push(since(start))
    }
    figures['a page and a place in a filtered list that is there, p95'] = atMost(quantile(walked, 0.95), 20, 'ms')
    const counted: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now()
      project.images.facets()
      counted.push(since(start))
    }
    figures['counts of all filters'] = atMost(median(counted), 300, 'ms')
    const started = performance.now()
    const { annotations } = await writeExport(join(folder, 'all.json'), projectSource(project), ExportOptions.parse({ states: ['pending', 'accepted', 'fixed', 'drawn'] }))
    figures[`export of ${annotations} annotations as COCO`] = atMost(since(started) / 1000, 60, 's')
    project.close()
    return { figures }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
