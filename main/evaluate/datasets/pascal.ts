import { join } from 'node:path'
import context from '../../../resources/class-lists/context.json' with { type: 'json' }
import voc from '../../../resources/class-lists/voc.json' with { type: 'json' }
import { readList } from './listing.ts'
import type { DatasetReader } from './dataset.ts'

/** PASCAL VOC 2012: JPEGImages, SegmentationClass (palette ids, > 20 unjudged), ImageSets/Segmentation/SPLIT.txt; 21 classes with background first. */
export const readVoc: DatasetReader = async (root, split) => {
  const stems = await readList(join(root, 'ImageSets', 'Segmentation', `${split}.txt`), 'VOC keeps its splits there (train, val, trainval)')
  return {
    name: 'voc',
    classes: voc.classes,
    coding: (value) => (value <= 20 ? value : null),
    items: stems.map((stem) => ({ id: stem, photo: join(root, 'JPEGImages', `${stem}.jpg`), truth: join(root, 'SegmentationClass', `${stem}.png`) })),
    settings: { temperature: 0.1, background: 'report' },
  }
}

/** PASCAL Context with its 59 frequent classes: SegmentationClassContext (value − 1, 0 unjudged), ImageSets/SegmentationContext/SPLIT.txt. */
export const readContext: DatasetReader = async (root, split) => {
  const stems = await readList(join(root, 'ImageSets', 'SegmentationContext', `${split}.txt`), 'PASCAL Context keeps its splits there (train, val)')
  return {
    name: 'context',
    classes: context.classes,
    coding: (value) => (value >= 1 && value <= 59 ? value - 1 : null),
    items: stems.map((stem) => ({ id: stem, photo: join(root, 'JPEGImages', `${stem}.jpg`), truth: join(root, 'SegmentationClassContext', `${stem}.png`) })),
    settings: { temperature: 0.01, background: 'none' },
  }
}
