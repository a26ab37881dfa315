import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ImageFilter } from '../../main/contract/images.ts'
import { ExportOptions } from '../../main/contract/transfer.ts'
import { projectSource } from '../../main/engine/project-source.ts'
import { writeExport } from '../../main/formats/formats.ts'
import { openProjectFile } from '../../main/project/open-project-file.ts'
import type { ProjectFile } from '../../main/project/project-file.ts'
import { atMost, type BenchResult, type Figure, median, quantile } from './figures.ts'
import { makeLargeProject } from './make-large-project.ts'

const ROUNDS = 5

const since = (start: number): number => performance.now() - start

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
    const [frequent, , , , , , , , , rare] = await makeLargeProject(path)
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
