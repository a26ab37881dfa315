import type { DatasetItem } from '../../evaluate/datasets/dataset.ts'
import type { Maps } from '../../inference/maps-file.ts'
import { openPhoto } from '../../pipeline/photo.ts'
import type { PackMethodRequest, PackRunner } from '../../pipeline/pack-methods.ts'
import type { Products } from '../../products/products.ts'
import type { MethodResult, SharedWork } from '../../segment/run-method.ts'
import { asBadInput, runOnMaps, type MapsInput } from '../segment-maps.ts'

/** Runs methods on one picture, wherever its scores and affinity come from. */
export interface MethodsOnImage {
  /** what the labels name */
  readonly classes: readonly string[]
  run(input: MapsInput, shared: SharedWork): Promise<MethodResult>
}
export type MethodsOf = (item: DatasetItem) => Promise<MethodsOnImage>

/** On maps of another program, or of the pack classic. */
export const onMaps = (maps: Maps, products: Products): MethodsOnImage => ({ classes: maps.classes, run: (input, shared) => runOnMaps(maps, input, products, shared) })

/** On what a pack's networks say about the photo. */
export async function onPack(item: DatasetItem, classes: readonly string[], runner: PackRunner, bank?: PackMethodRequest['bank']): Promise<MethodsOnImage> {
  const photo = await openPhoto(item.photo)
  const named = classes.map((name) => ({ name }))
  return { classes, run: (input, shared) => asBadInput(() => runner.run(photo, { ...input, classes: named, ...(bank === undefined ? {} : { bank }) }, shared)) }
}
