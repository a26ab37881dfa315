import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { PrelabelRequest } from '../../main/contract/jobs.ts'
import type { MethodName } from '../../main/contract/methods.ts'
import type { Settings } from '../../main/contract/settings.ts'
import { forkNode } from '../../main/engine/fork-node.ts'
import { createPrelabel } from '../../main/prelabel/prelabel.ts'
import { openProjectFile } from '../../main/project/open-project-file.ts'
import { SCENE_CLASSES } from '../../main/scenes/scene-classes.ts'
import { renderScene } from '../../main/scenes/render-scene.ts'
import { adding, edit, labelClass, scanned } from '../unit/project/sample-project.ts'
import { photoFolder } from './effort/sample-photos.ts'
import { atMost, median, type BenchResult, type Figure } from './figures.ts'

const ENTRY = join(import.meta.dirname, '../../main/pipeline/entry.ts')
const LIMIT_MS = 200
const ROUNDS = 3

/** A change of one setting: the values gone through, each from the cache of the one before. */
interface Change { readonly what: string; readonly method: MethodName; readonly values: readonly Partial<Settings>[] }
const CLASSIC: readonly Change[] = [
  { what: 'clusters', method: 'regions', values: [10, 14, 17, 24, 30, 8].map((clusterCount) => ({ clusterCount })) },
  { what: 'least area', method: 'regions', values: [100, 400, 1600, 6400].map((minAreaPx2) => ({ minAreaPx2 })) },
  { what: 'least sureness of a name', method: 'regions', values: [0.1, 0.4, 0.7].map((nameThreshold) => ({ nameThreshold })) },
  { what: 'edges', method: 'regions', values: [{ edgeSnap: 'none' }, { edgeSnap: 'guided' }] },
]
const PACK: readonly Change[] = [
  { what: 'temperature', method: 'agg-gem', values: [0.02, 0.05, 0.1].map((temperature) => ({ temperature })) },
  { what: 'background', method: 'agg-gem', values: [{ background: 'report' }, { background: 'stuff-floor' }, { background: 'none' }] },
  { what: 'presence', method: 'agg-gem', values: [0.1, 0.3, 0.5].map((presenceThreshold) => ({ presenceThreshold })) },
  { what: 'least area', method: 'agg-gem', values: [100, 400, 1600].map((minAreaPx2) => ({ minAreaPx2 })) },
  { what: 'edges', method: 'agg-gem', values: [{ edgeSnap: 'none' }, { edgeSnap: 'pamr' }, { edgeSnap: 'guided+cut' }, { edgeSnap: 'guided' }] },
  { what: 'affinity', method: 'agg-gem', values: [{ affinity: 'sharpened' }, { affinity: 'walk' }, { affinity: 'iterated' }, { affinity: 'layers' }] },
  { what: 'what the affinity is of', method: 'agg-gem', values: [{ affinityOf: 'network' }, { affinityOf: 'photo' }] },
  { what: 'several sizes', method: 'agg-gem', values: [{ scales: false }, { scales: true }] },
  { what: 'clusters', method: 'spec-clust', values: [10, 14, 24, 30, 8].map((clusterCount) => ({ clusterCount })) },
  { what: 'DiffSeg’s threshold', method: 'diffseg-clust', values: [0.5, 1, 1.5].map((diffsegThreshold) => ({ diffsegThreshold })) },
  { what: 'temperature of clusters', method: 'spec-clust', values: [0.02, 0.05, 0.1].map((temperature) => ({ temperature })) },
]
const METHODS: readonly MethodName[] = ['gem', 'agg-gem', 'spec-clust', 'diffseg-clust', 'regions']

/**
 * Live settings by the way that the page takes: engine → pipeline process → proposals named and without what is labelled. A photo
 * given by --photos, else a scene; the pack demo sees it likewise. The page's own drawing is not in it.
 */
export async function run(flags: readonly string[]): Promise<BenchResult> {
  const home = mkdtempSync(join(tmpdir(), 'maskwright-live-'))
  const given = photoFolder(flags)
  let picture = join(home, 'scene.png')
  if (given === undefined) {
    const { rgb } = await renderScene(3_000_000, 640)
    await sharp(rgb, { raw: { width: 640, height: 640, channels: 3 } }).png().toFile(picture)
  } else picture = join(given, 'images', readdirSync(join(given, 'images')).sort()[0])
  const { width, height } = await sharp(picture).metadata()
  const file = openProjectFile(join(home, 'live.maskwright'), { create: { name: 'Live' } })
  const folderId = file.folders.add(join(picture, '..'))
  const [imageId] = file.images.applyScan(folderId, { added: [scanned(picture.slice(join(picture, '..').length + 1), { width, height })], changed: [], missing: [], returned: [] })
  edit(file, null, adding(...SCENE_CLASSES.map(({ name, extent }, order) => labelClass(file, name, { order, extent }))))
  const prelabel = createPrelabel({
    file, options: { pipelineEntry: ENTRY, fork: forkNode, shell: 'cli', dataFolder: join(home, 'data') },
    log: { write: () => undefined, recent: () => [], exportTo: () => Promise.resolve() }, emit: () => undefined,
  })
  const figures: Record<string, Figure> = {}
  const time = async (how: Omit<PrelabelRequest, 'scope'>): Promise<number> => {
    const from = performance.now()
    await prelabel.preview(imageId, how)
    return performance.now() - from
  }
  try {
    for (const [pack, changes] of [['classic', CLASSIC], ['demo', PACK]] as const) {
      const how = (method: MethodName, settings: Partial<Settings>) => ({ pack, method, settings, profile: 'corrected', device: 'cpu', precision: 'auto' }) as const
      for (const { what, method, values } of changes) {
        await time(how(method, {}))
        const times: number[] = []
        // each round has values of its own, so that nothing is only remembered
        for (const value of values) times.push(await time(how(method, value)))
        figures[`${pack}: ${what}`] = atMost(median(times), LIMIT_MS, 'ms')
        figures[`${pack}: ${what}, the slowest`] = atMost(Math.max(...times), LIMIT_MS, 'ms')
      }
      if (pack === 'demo') {
        const times: number[] = []
        for (let round = 0; round < ROUNDS; round++) for (const method of METHODS) times.push(await time(how(method, { temperature: 0.01 + 0.001 * round })))
        figures[`${pack}: another method`] = atMost(median(times), LIMIT_MS, 'ms')
        figures[`${pack}: another method, the slowest`] = atMost(Math.max(...times), LIMIT_MS, 'ms')
      }
    }
  } finally {
    await prelabel.close()
    file.close()
    rmSync(home, { recursive: true, force: true })
  }
  return { figures }
}
