import { readCityscapes } from './cityscapes.ts'
import { readCocoStuff } from './coco-stuff.ts'
import type { DatasetReader } from './dataset.ts'
import { readFolder } from './folder.ts'
import { readContext, readVoc } from './pascal.ts'

/** The datasets whose truth is a PNG per image, by the name the command line takes. */
export const DATASETS: Readonly<Record<string, DatasetReader>> = {
  voc: readVoc,
  context: readContext,
  'coco-stuff': readCocoStuff,
  cityscapes: readCityscapes,
  folder: readFolder,
}
