import type { Mask } from '../masks/mask.ts'
import { unionAll } from '../masks/set-operations.ts'
import type { ReadAnnotation } from './coco-instances-reader.ts'
import type { Targets } from './format.ts'
import { readAnnotationOf } from './import-items.ts'
import type { MatchedImage } from './match-images.ts'

/** A shape of one picture as tools write them: what belongs to one object bears one group number. */
export interface Shape {
  readonly classId: number
  /** 0 or null: on its own */
  readonly group: number | null
  readonly shape: Mask | readonly [number, number, number, number]
  readonly z: number
  readonly more: Partial<ReadAnnotation>
}

/** One annotation an object: masks of one group and class are joined. A box in a group that has masks is only their frame. */
export function* annotationsOfShapes(shapes: readonly Shape[], targets: Targets, image: MatchedImage): Generator<ReadAnnotation, void, void> {
  const groups = new Map<string, Shape[]>()
  for (const [i, shape] of shapes.entries()) {
    const key = shape.group === null || shape.group === 0 ? `alone ${i}` : `${shape.group} ${shape.classId}`
    const list = groups.get(key)
    if (list === undefined) groups.set(key, [shape])
    else list.push(shape)
  }
  let z = 0
  for (const list of [...groups.values()].toSorted((a, b) => a[0].z - b[0].z)) {
    const masks = list.flatMap(({ shape }) => ('runs' in shape ? [shape] : []))
    const [{ classId, more }] = list
    if (masks.length > 0) yield readAnnotationOf(targets, image, classId, ++z, unionAll(masks), more)
    else for (const { shape, more: own } of list) yield readAnnotationOf(targets, image, classId, ++z, shape, own)
  }
}
