import type { Annotation } from '../contract/records.ts'
import type { Mask } from '../masks/mask.ts'
import { sameMask } from '../masks/set-operations.ts'

/** Images whose looks are kept; some 30 KB each. */
const IMAGES_KEPT = 1000

interface Look { readonly mask: Mask; readonly vector: Float32Array }

/** What proposals look like, by annotation, for the images seen last: asked for again, no photo has to be read. */
export interface RegionLooks {
  put(imageId: number, looks: readonly { readonly id: number; readonly mask: Mask; readonly vector: Float32Array }[]): void
  /** undefined: not known, or its mask is another one by now */
  of(annotation: Annotation): Float32Array | undefined
  /** images known, the one put last at the end */
  images(): number[]
}

export function createRegionLooks(): RegionLooks {
  const kept = new Map<number, Map<number, Look>>()
  return {
    put(imageId, looks) {
      const known = kept.get(imageId) ?? new Map<number, Look>()
      kept.delete(imageId)
      for (const { id, mask, vector } of looks) known.set(id, { mask, vector })
      kept.set(imageId, known)
      if (kept.size > IMAGES_KEPT) for (const oldest of kept.keys()) { kept.delete(oldest); break }
    },
    of(annotation) {
      const look = kept.get(annotation.imageId)?.get(annotation.id)
      return look !== undefined && sameMask(look.mask, annotation.mask) ? look.vector : undefined
    },
    images: () => [...kept.keys()],
  }
}
