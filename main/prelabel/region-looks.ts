import type { Annotation } from '../contract/records.ts'
import type { Mask } from '../masks/mask.ts'
import { sameMask } from '../masks/set-operations.ts'

/** Images whose looks are kept; some 30 KB each. */
const IMAGES_KEPT = 1000

/** @property own  what the pack itself called the region; null: packs that name none, or not known any more */
export interface RegionLook { readonly vector: Float32Array; readonly own: { readonly classId: number; readonly score: number } | null }
interface Look extends RegionLook { readonly mask: Mask }

/** What proposals look like, by annotation, for the images seen last: asked for again, no photo has to be read. */
export interface RegionLooks {
  put(imageId: number, looks: readonly (Look & { readonly id: number })[]): void
  /** undefined: not known, or its mask is another one by now */
  of(annotation: Annotation): RegionLook | undefined
  /** images known, the one put last at the end */
  images(): number[]
}

export function createRegionLooks(): RegionLooks {
  const kept = new Map<number, Map<number, Look>>()
  return {
    put(imageId, looks) {
      const known = kept.get(imageId) ?? new Map<number, Look>()
      kept.delete(imageId)
      for (const { id, mask, vector, own } of looks) known.set(id, { mask, vector, own: own ?? known.get(id)?.own ?? null })
      kept.set(imageId, known)
      if (kept.size > IMAGES_KEPT) for (const oldest of kept.keys()) { kept.delete(oldest); break }
    },
    of(annotation) {
      const look = kept.get(annotation.imageId)?.get(annotation.id)
      return look !== undefined && sameMask(look.mask, annotation.mask) ? look : undefined
    },
    images: () => [...kept.keys()],
  }
}
