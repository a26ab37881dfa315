import { join } from 'node:path'
import list from '../../../resources/class-lists/cityscapes.json' with { type: 'json' }
import { listFolder } from './listing.ts'
import type { DatasetItem, DatasetReader } from './dataset.ts'

/** Cityscapes with 27 classes: leftImg8bit/SPLIT/CITY/*_leftImg8bit.png, gtFine/SPLIT/CITY/*_gtFine_labelIds.png; class = id − 7, ids 7…33. */
export const readCityscapes: DatasetReader = async (root, split) => {
  const { classes } = list
  const photos = join(root, 'leftImg8bit', split)
  const items: DatasetItem[] = []
  for (const city of await listFolder(photos, 'Cityscapes keeps its photos there, a folder a city')) {
    for (const file of await listFolder(join(photos, city), 'a city’s photos')) {
      if (!file.endsWith('_leftImg8bit.png')) continue
      const stem = file.slice(0, -'_leftImg8bit.png'.length)
      items.push({ id: stem, photo: join(photos, city, file), truth: join(root, 'gtFine', split, city, `${stem}_gtFine_labelIds.png`) })
    }
  }
  return { name: 'cityscapes', classes, coding: (value) => (value >= 7 && value <= 33 ? value - 7 : null), items, normalisesColumns: true, settings: { temperature: 0.01, background: 'none' } }
}
