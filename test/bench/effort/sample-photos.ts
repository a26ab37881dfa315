import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, parse } from 'node:path'
import sharp from 'sharp'
import { fromCocoCounts } from '../../../main/masks/coco-rle.ts'
import type { Mask } from '../../../main/masks/mask.ts'
import { rasterisePolygon } from '../../../main/masks/polygon.ts'

/** A photo with its truth: class of every pixel, and single objects. */
export interface SamplePhoto {
  readonly name: string
  readonly path: string
  readonly width: number
  readonly height: number
  /** u8[height, width]  class of each pixel, 0 where nobody has said */
  readonly classes: Uint8Array
  /** objects without crowds */
  readonly objects: readonly { readonly classId: number; readonly areaPx2: number; readonly mask: Mask }[]
}

interface CocoFile {
  readonly images: readonly { id: number; file_name: string }[]
  readonly annotations: readonly { image_id: number; category_id: number; iscrowd: number; area: number; segmentation: readonly number[][] | { counts: string | number[]; size: [number, number] } }[]
}

/** The folder given by `--photos`, or by MASKWRIGHT_PHOTOS; undefined when there is none with `images`, `masks` and `instances.json`. */
export function photoFolder(flags: readonly string[]): string | undefined {
  const given = flags.indexOf('--photos')
  const folder = given >= 0 ? flags[given + 1] : process.env.MASKWRIGHT_PHOTOS
  return folder !== undefined && ['images', 'masks', 'instances.json'].every((part) => existsSync(join(folder, part))) ? folder : undefined
}

/**
 * Reads `images/*.jpg`, `masks/*.png` (8-bit, the grey value is the class) and `instances.json` (COCO).
 * @returns in order of their names
 */
export async function readSamplePhotos(folder: string): Promise<SamplePhoto[]> {
  const coco = JSON.parse(readFileSync(join(folder, 'instances.json'), 'utf8')) as CocoFile
  const photos: SamplePhoto[] = []
  for (const file of readdirSync(join(folder, 'images')).sort()) {
    const { name } = parse(file)
    const { data, info } = await sharp(join(folder, 'masks', `${name}.png`)).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
    if (info.channels !== 1) throw new Error(`masks/${name}.png has ${info.channels} channels; one with the class of each pixel is needed`)
    const { width, height } = info
    const id = coco.images.find((image) => image.file_name === file)?.id
    const objects = coco.annotations.filter((one) => one.image_id === id && one.iscrowd === 0).map(({ category_id: classId, area, segmentation }) => ({
      classId,
      areaPx2: area,
      mask: 'counts' in segmentation ? fromCocoCounts(segmentation.counts, width, height) : rasterisePolygon(segmentation, width, height),
    }))
    photos.push({ name, path: join(folder, 'images', file), width, height, classes: new Uint8Array(data), objects })
  }
  return photos
}
