import { join } from 'node:path'
import list from '../../../resources/class-lists/coco-stuff.json' with { type: 'json' }
import { readList } from './listing.ts'
import type { DatasetReader } from './dataset.ts'

/**
 * COCO-Stuff with 27 coarse classes: images/SPLIT2017, annotations/SPLIT2017 (0…181, 255 unjudged), and the curated list
 * curated/SPLIT2017/Coco164kFull_Stuff_Coarse.txt; ids 182 → 171 → 27 (REFERENCE §7).
 */
export const readCocoStuff: DatasetReader = async (root, split) => {
  const { fine, classes, fineToCoarse, idToFine } = list
  const stems = await readList(join(root, 'curated', `${split}2017`, 'Coco164kFull_Stuff_Coarse.txt'), 'the curated list of COCO-Stuff lies there')
  return {
    name: 'coco-stuff',
    classes,
    coding: (value) => {
      const place = value < idToFine.length ? idToFine[value] : -1
      return place >= 0 ? fineToCoarse[place] : null
    },
    fine: { names: fine, coding: (value) => (value < idToFine.length && idToFine[value] >= 0 ? idToFine[value] : null) },
    coarseOf: (name) => fineToCoarse[fine.indexOf(name)],
    items: stems.map((stem) => ({ id: stem, photo: join(root, 'images', `${split}2017`, `${stem}.jpg`), truth: join(root, 'annotations', `${split}2017`, `${stem}.png`) })),
    settings: { temperature: 0.01, background: 'none' },
  }
}
