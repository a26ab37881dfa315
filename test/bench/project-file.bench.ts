import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Annotation } from '../../main/contract/records.ts'
import { openProjectFile } from '../../main/project/open-project-file.ts'
import type { NewAnnotation } from '../../main/project/project-file.ts'
import { atMost, type BenchResult, median, quantile } from './figures.ts'

const IMAGES = 10_000
const PER_IMAGE = 10
const EDITS = 500
const ROUNDS = 7

const since = (start: number): number => performance.now() - start

/** A project of 10,000 images and 100,000 annotations: opening it, a page of its list, a stroke written. */
export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-bench-'))
  try {
    const path = join(folder, 'bench.maskwright')
    const made = openProjectFile(path, { create: { name: 'bench' } })
    const folderId = made.folders.add('/pictures')
    const ids = made.images.applyScan(folderId, {
      added: Array.from({ length: IMAGES }, (_, index) => ({ path: `train/${String(index).padStart(12, '0')}.jpg`, width: 640, height: 480, bytes: 100_000, modified: 1.7e12, fingerprint: `${index}`, problem: null, remark: null })),
      changed: [], missing: [], returned: [],
    })
    const runs = new Uint8Array(400).fill(100)
    const sample = (imageId: number): NewAnnotation => ({
      imageId, classId: null, state: 'accepted', mask: { x: 10, y: 10, width: 200, height: 200, runs }, areaPx2: 20_000, score: null, z: 0, crowd: false, locked: false,
      boxOnly: null, importedId: null, provenance: { source: 'import', by: 'instances.json' }, carried: null,
    })
    const staged = made.stageImport()
    for (const id of ids) staged.add(Array.from({ length: PER_IMAGE }, () => sample(id)))
    await staged.join({ classes: [], images: [], captionsKey: 'captions', meta: {}, markDone: false })
    made.close()

    const opened: number[] = []
    const paged: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      let start = performance.now()
      const project = openProjectFile(path)
      project.images.counts()
      project.folders.list()
      project.classes.list()
      project.images.page({}, 0, 200)
      opened.push(since(start))
      start = performance.now()
      project.images.page({ state: ['new'] }, IMAGES - 200, 200)
      paged.push(since(start))
      project.close()
    }

    const project = openProjectFile(path)
    const strokes: number[] = []
    const stroke = new Uint8Array(20_000).fill(1)
    for (let index = 0; index < EDITS; index++) {
      const added: Annotation = { ...sample(ids[index]), kind: 'annotation', id: project.ids.reserve(1), version: 0, mask: { x: 10, y: 10, width: 200, height: 200, runs: stroke }, areaPx2: 10_000 }
      const start = performance.now()
      project.history.apply({ diff: { added: [added], updated: [], removed: [] }, imageId: ids[index], label: 'brush', author: 'bench' })
      strokes.push(since(start))
    }
    project.close()
    return {
      figures: {
        'open 10,000 images, first page and counts': atMost(median(opened), 500, 'ms'),
        'last page of a filtered list, with counts': atMost(median(paged), 50, 'ms'),
        'a stroke of 20 kB written with its history, p95': atMost(quantile(strokes, 0.95), 50, 'ms'),
      },
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
