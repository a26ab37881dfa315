import { openProjectFile } from '../../main/project/open-project-file.ts'
import type { NewAnnotation } from '../../main/project/project-file.ts'

const IMAGES = 100_000
const PER_IMAGE = 10
const CLASSES = 80
const STATES = ['pending', 'pending', 'pending', 'accepted', 'fixed', 'drawn', 'rejected'] as const

/** A small linear congruential generator: the same project on every machine. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** 100,000 images in two folders of one, ten annotations each, of 80 classes of which the first are the most frequent. */
export async function makeLargeProject(path: string): Promise<number[]> {
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
