import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../contract/errors.ts'
import type { Dataset, DatasetItem } from '../../evaluate/datasets/dataset.ts'
import { readCocoAnnotations, type ReadAnnotation } from '../../formats/coco-instances-reader.ts'
import { readCocoHeader } from '../../formats/coco-header.ts'
import { Findings } from '../../formats/findings.ts'
import type { LabelMap } from '../../formats/label-png.ts'
import { matchImages } from '../../formats/match-images.ts'
import { decodeInto } from '../../masks/rle.ts'

/** A dataset whose truth is drawn from masks. */
export interface DrawnDataset {
  readonly dataset: Dataset
  readonly truthOf: (item: DatasetItem) => Promise<LabelMap>
}

/** Where the instances file and the pictures of a split lie: the public layout, or `instances.json` beside `images/`. */
function placesOf(root: string, split: string): { file: string; images: string } {
  const layouts = [
    { file: join(root, 'annotations', `instances_${split}2017.json`), images: join(root, `${split}2017`) },
    { file: join(root, `instances_${split}.json`), images: join(root, 'images') },
    { file: join(root, 'instances.json'), images: join(root, 'images') },
  ]
  const found = layouts.find(({ file, images }) => existsSync(file) && existsSync(images))
  if (found === undefined) throw new EngineError('not-found', `${root}: no COCO dataset; one of these pairs is wanted: ${layouts.map(({ file, images }) => `${file} with ${images}`).join('; ')}`)
  return found
}

/**
 * A COCO instances dataset as semantic truth: "background" and the categories; where masks overlap the smaller is on top,
 * crowds are at the bottom. Masks of the whole split stay in memory (RLE).
 * @throws EngineError 'not-found', or 'bad-file' with the first finding when nothing can be read
 */
export function readCocoDataset(root: string, split: string): DrawnDataset {
  const { file, images } = placesOf(root, split)
  const findings = new Findings()
  const header = readCocoHeader(file, findings)
  const classes = ['background', ...header.categories.map(({ name }) => name)]
  const sizes = header.images.map(({ fileName, width, height }, i) => ({ id: i + 1, path: fileName, width, height }))
  const matched = matchImages(header.images, sizes, findings)
  const byImage = new Map<number, ReadAnnotation[]>()
  const targets = {
    images: new Map(matched.map((image) => [image.entry.key, image])),
    imageKeys: new Set(header.images.map(({ key }) => key)),
    classes: new Map(header.categories.map(({ key }, i) => [key, i + 1])),
    from: file,
  }
  for (const annotation of readCocoAnnotations(file, targets, findings)) {
    const list = byImage.get(annotation.imageId)
    if (list === undefined) byImage.set(annotation.imageId, [annotation])
    else list.push(annotation)
  }
  const sized = matched.filter(({ width, height }) => width > 0 && height > 0)
  if (sized.length === 0) throw new EngineError('bad-file', `${file}: it lists no image with a width and a height`)
  const byId = new Map(sized.map((image) => [image.path, image]))
  return {
    dataset: {
      name: 'coco',
      classes,
      coding: (value) => (value < classes.length ? value : null),
      items: sized.map(({ path }) => ({ id: path, photo: join(images, path), truth: file })),
      settings: { temperature: 0.01, background: 'none' },
    },
    truthOf: (item) => {
      const image = byId.get(item.id)
      if (image === undefined) throw new EngineError('not-found', `${item.id}: no such image in ${file}`)
      const labels = new Uint16Array(image.width * image.height)
      const bottomFirst = (byImage.get(image.id) ?? []).toSorted((a, b) => Number(b.crowd) - Number(a.crowd) || b.areaPx2 - a.areaPx2)
      for (const { mask, classId } of bottomFirst) if (classId !== null) decodeInto(mask, labels, image.width, classId)
      return Promise.resolve({ width: image.width, height: image.height, labels })
    },
  }
}
