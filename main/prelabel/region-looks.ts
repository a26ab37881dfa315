import type { Annotation } from '../contract/records.ts'
import type { Mask } from '../masks/mask.ts'
import { sameMask } from '../masks/set-operations.ts'

/** Of all looks with their masks: some 50 KB an image for `classic`, some 200 KB for fifty proposals of a pack. */
const BYTES_KEPT = 64e6

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
  /** what regions look like is seen otherwise from now on */
  clear(): void
}

/** @param bytesKept  the images put longest ago go first; the last one always stays */
export function createRegionLooks(bytesKept = BYTES_KEPT): RegionLooks {
  const kept = new Map<number, Map<number, Look>>()
  const sizes = new Map<number, number>()
  let total = 0

  function drop(imageId: number): void {
    total -= sizes.get(imageId) ?? 0
    sizes.delete(imageId)
    kept.delete(imageId)
  }

  return {
    put(imageId, looks) {
      const known = kept.get(imageId) ?? new Map<number, Look>()
      drop(imageId)
      for (const { id, mask, vector, own } of looks) known.set(id, { mask, vector, own: own ?? known.get(id)?.own ?? null })
      const bytes = [...known.values()].reduce((sum, { mask, vector }) => sum + mask.runs.byteLength + vector.byteLength, 0)
      kept.set(imageId, known)
      sizes.set(imageId, bytes)
      total += bytes
      for (const oldest of kept.keys()) {
        if (total <= bytesKept || oldest === imageId) break
        drop(oldest)
      }
    },
    of(annotation) {
      const look = kept.get(annotation.imageId)?.get(annotation.id)
      return look !== undefined && sameMask(look.mask, annotation.mask) ? look : undefined
    },
    images: () => [...kept.keys()],
    clear() {
      kept.clear()
      sizes.clear()
      total = 0
    },
  }
}
