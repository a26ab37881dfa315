import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PrecisionChoice } from '../../../main/contract/jobs.ts'
import { DEFAULT_SETTINGS } from '../../../main/contract/settings.ts'
import { openMapsCache } from '../../../main/inference/maps-cache.ts'
import { createOnnxProducts } from '../../../main/inference/onnx-products.ts'
import { parseManifest } from '../../../main/packs/pack-manifest.ts'
import { proposeWithPack } from '../../../main/pipeline/checkpoint-pack.ts'
import { createPackRunner } from '../../../main/pipeline/pack-methods.ts'
import { openPhoto } from '../../../main/pipeline/photo.ts'
import voc from '../../../resources/class-lists/voc.json' with { type: 'json' }

/** Seconds of the parts of photo → proposals with the report's default method; `first` opens the networks, `next` finds them open. */
export interface PhotoFigures {
  readonly first: number
  readonly next: number
  readonly parts: { readonly decode: number; readonly gem: number; readonly texts: number; readonly affinity: number; readonly method: number; readonly edges: number; readonly masks: number }
  readonly proposals: number
}

const seconds = (from: number): number => (performance.now() - from) / 1000

/** @param root  of test/reference/full_size.py, whose FOLDER/pack is run */
async function measure(root: string, samples: string, threads: number, precision: PrecisionChoice): Promise<PhotoFigures> {
  const folder = join(root, 'pack')
  const manifest = parseManifest(join(folder, 'pack.json'), readFileSync(join(folder, 'pack.json'), 'utf8'))
  const classes = voc.classes.map((name, id) => ({ id, name, synonyms: [], extent: 'thing' as const }))
  const runner = await createPackRunner({ folder, manifest }, { threads, devices: ['cpu'], precision, int8Folder: join(root, 'int8'), cache: openMapsCache('', 0), products: createOnnxProducts(threads) })
  const request = (photo: string) => ({ path: join(samples, photo), pack: manifest.name, method: 'agg-gem', profile: 'corrected', classes, ticked: null, settings: DEFAULT_SETTINGS } as const)
  try {
    let from = performance.now()
    await proposeWithPack(request('car-on-road.jpg'), runner)
    const first = seconds(from)
    from = performance.now()
    await proposeWithPack(request('boat-on-lake.jpg'), runner)
    const next = seconds(from)
    // a third photo part by part: what it was asked before is not run again for its proposals
    const third = request('house-and-trees.jpg')
    const photo = await openPhoto(third.path)
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const start = performance.now()
      await work()
      return seconds(start)
    }
    await photo.pixels()
    const gem = await timed(() => runner.maps.dense(photo, 'gem', 'one'))
    const texts = await timed(() => runner.texts.of(classes.map(({ name }) => ({ name: `another ${name}` })), false))
    const affinity = await timed(() => runner.maps.affinity(photo, 'layers', 'corrected'))
    const { timings, proposals } = await proposeWithPack(third, runner)
    return { first, next, parts: { decode: timings.decode / 1000, gem, texts, affinity, method: timings.clusters / 1000, edges: timings.upsampling / 1000, masks: timings.masks / 1000 }, proposals: proposals.length }
  } finally {
    await runner.close()
  }
}

if (process.send !== undefined) {
  const [root, samples, threads, precision] = process.argv.slice(2)
  process.send(await measure(root, samples, Number(threads), precision as PrecisionChoice))
  process.disconnect()
}
