import { unionAll } from '../masks/set-operations.ts'
import { areaOf } from '../masks/rle.ts'
import { cocoInstances, writeInstances } from './coco-instances.ts'
import { keptOf, sizeOf, withMasks } from './export-items.ts'
import type { Annotation } from '../contract/records.ts'
import type { Format, Source, WriteContext } from './format.ts'
import { paintInOrder, regionsOf, sayJoined } from './label-regions.ts'
import { Findings } from './findings.ts'

/** COCO stuff: a file like instances with one mask a category and image, no pixel twice, none a crowd. */
export const cocoStuff: Format = {
  name: 'coco-stuff',
  title: 'COCO stuff',
  // told from instances only by what a person says
  recognise: () => 0,
  read: (place, context) => {
    if (cocoInstances.read === undefined) throw new Error('COCO instances can be read')
    return cocoInstances.read(place, context)
  },
  async write(out, source, context) {
    const merged = byClass(source, context)
    const counts = await writeInstances(out, merged, context)
    return { ...counts, annotations: counts.annotations + merged.joined() }
  },
}

export interface ByClass extends Source {
  /** how many annotations are no record of their own, on the images that were asked for: they are part of another's */
  joined(): number
}

/** A source whose annotations are one a class and image; overlaps go by the policy. */
export function byClass(source: Source, { options, findings }: WriteContext): ByClass {
  const names = new Map(source.classes().map(({ id, name }) => [id, name]))
  const images = new Map([...source.images()].map((image) => [image.id, image]))
  const said = new Set<number>()
  let joined = 0
  return {
    joined: () => joined,
    name: source.name,
    topLevel: source.topLevel,
    picturePath: (image) => source.picturePath(image),
    classes: () => source.classes(),
    images: () => source.images(),
    annotationsOf(imageId) {
      const image = images.get(imageId)
      if (image === undefined) return []
      // asked twice (for the plan and for the file): found once
      const first = !said.has(imageId)
      const notes = first ? findings : new Findings()
      said.add(imageId)
      const { width, height } = sizeOf(image)
      const kept = withMasks(keptOf(source, image, options, notes), image, notes)
      const { plane, order } = paintInOrder(kept, width, height, options.overlap, notes, image.path, (id) => names.get(id ?? 0) ?? '')
      const regions = regionsOf(plane, width, height, 0)
      const grouped = new Map<number, Annotation[]>()
      for (const [place, annotation] of order.entries()) {
        const mask = regions.get(place + 1)
        if (mask === undefined || annotation.classId === null) continue
        const list = grouped.get(annotation.classId) ?? []
        list.push({ ...annotation, mask })
        grouped.set(annotation.classId, list)
      }
      if (first) for (const list of grouped.values()) joined += list.length - 1
      sayJoined([...grouped.values()].flat(), (id) => names.get(id ?? 0) ?? '', image.path, notes)
      return [...grouped.values()].map((list) => {
        const mask = unionAll(list.map((one) => one.mask))
        return { ...list[0], mask, areaPx2: areaOf(mask), crowd: false, score: list.length === 1 ? list[0].score : null, importedId: list.length === 1 ? list[0].importedId : null, carried: list.length === 1 ? list[0].carried : null }
      })
    },
  }
}
