import { REGION_TRAITS, regionTraits } from '../attention/region-traits.ts'
import { cellCoverage } from '../attention/region-vector.ts'
import type { DenseFeatures } from '../inference/clip-model.ts'
import type { Mask } from '../masks/mask.ts'
import type { PackRunner } from './pack-methods.ts'
import type { Photo } from './photo.ts'
import { photoCells } from './photo-cells.ts'

/**
 * What a region looks like to a pack with text: the mean of the CLIP features under it, to length 1 (METHODS §3.1), then its traits,
 * which no network has to see.
 * @param full  px of the photo  @returns f32[size + REGION_TRAITS]; empty for an empty mask and for packs without text. O(mask + cells · size)
 */
export async function packLook(photo: Photo, mask: Mask, { width, height }: { readonly width: number; readonly height: number }, runner: PackRunner): Promise<Float32Array> {
  if (!runner.hasText) return new Float32Array(0)
  const feature = meanFeature(await runner.maps.dense(photo, 'gem', 'one'), mask, width, height)
  if (feature.length === 0) return feature
  const look = new Float32Array(feature.length + REGION_TRAITS)
  look.set(feature)
  look.set(regionTraits(await photoCells(photo), mask, width, height), feature.length)
  return look
}

/** f32[size] of length 1; empty for an empty mask. O(cells · size). */
function meanFeature({ features, h, w, size }: DenseFeatures, mask: Mask, width: number, height: number): Float32Array {
  const sums = new Float64Array(size)
  let total = 0
  cellCoverage(mask, width, height, w, h).forEach((share, cell) => {
    if (share === 0) return
    total += share
    for (let k = 0; k < size; k++) sums[k] += share * features[cell * size + k]
  })
  const norm = Math.sqrt(sums.reduce((sum, value) => sum + value * value, 0))
  return total === 0 || norm === 0 ? new Float32Array(0) : Float32Array.from(sums, (value) => value / norm)
}
