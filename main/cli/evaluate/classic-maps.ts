import { classicAffinity } from '../../attention/classic-affinity.ts'
import { CELL_PX, classicFeatures, GRID_SIDE } from '../../attention/classic-features.ts'
import type { DatasetItem } from '../../evaluate/datasets/dataset.ts'
import { decodeRgb } from '../../images/decode.ts'
import type { Maps } from '../../inference/maps-file.ts'
import type { Products } from '../../products/products.ts'

/** The affinity of the pack `classic` for one picture; it has no scores, so only methods without names run on it. */
export async function classicMaps(item: DatasetItem, classes: readonly string[], products: Products): Promise<Maps> {
  const side = GRID_SIDE * CELL_PX
  const { rgb } = await decodeRgb(item.photo, { width: side, height: side })
  const affinity = await classicAffinity(classicFeatures(rgb, GRID_SIDE, GRID_SIDE), products)
  return { classes, grid: { h: GRID_SIDE, w: GRID_SIDE }, affinity, scores: null, cosine: null, cosineGrid: null, sos: null }
}
