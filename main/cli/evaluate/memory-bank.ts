import type { DatasetItem } from '../../evaluate/datasets/dataset.ts'
import type { RegionBank } from '../../memory/region-bank.ts'
import { collectRegionBank } from '../../pipeline/collect-region-bank.ts'
import type { PackMaps, Views } from '../../pipeline/pack-maps.ts'
import type { PackMethodRequest } from '../../pipeline/pack-methods.ts'
import { openPhoto } from '../../pipeline/photo.ts'
import { progressBar } from '../progress-bar.ts'

/** The memory bank of a data set's own pictures, collected when the first of them is asked for. */
export function memoryBank(items: readonly DatasetItem[], maps: PackMaps, views: Views): (item: DatasetItem) => Promise<NonNullable<PackMethodRequest['bank']>> {
  let regions: Promise<RegionBank> | undefined
  const collect = async (): Promise<RegionBank> => {
    const bar = progressBar('memory bank')
    try {
      return await collectRegionBank(maps, items.length, async (place) => openPhoto(items[place].photo), views, (done, total) => bar.show(done, total))
    } finally {
      bar.end()
    }
  }
  return async (item) => ({ regions: await (regions ??= collect()), picture: items.indexOf(item) })
}
