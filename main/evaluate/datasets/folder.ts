import { join, parse } from 'node:path'
import { EngineError } from '../../contract/errors.ts'
import { listFolder, readList } from './listing.ts'
import type { DatasetReader } from './dataset.ts'

/** Our plain layout: images/, masks/ with the same stem and .png (value = place in the list, 255 or 65535 none), classes.txt one name a line. */
export const readFolder: DatasetReader = async (root) => {
  const classes = await readList(join(root, 'classes.txt'), 'a folder data set has its class names there, one a line')
  const masks = new Set(await listFolder(join(root, 'masks'), 'a folder data set has its truth there'))
  const photos = await listFolder(join(root, 'images'), 'a folder data set has its pictures there')
  const items = photos.filter((file) => masks.has(`${parse(file).name}.png`)).map((file) => ({
    id: parse(file).name,
    photo: join(root, 'images', file),
    truth: join(root, 'masks', `${parse(file).name}.png`),
  }))
  if (items.length === 0) throw new EngineError('not-found', `${root}: no picture in images/ has a mask of the same name in masks/`)
  return { name: 'folder', classes, coding: (value) => (value < classes.length ? value : null), items, settings: { temperature: 0.01, background: 'none' } }
}
