import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { DATASETS } from '../../../main/evaluate/datasets/index.ts'

function tree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'dataset-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

test('VOC: stems of the split, palette ids 0…20, 255 unjudged, 21 classes with background first', async () => {
  const root = tree({ 'ImageSets/Segmentation/val.txt': '2007_000033\n2007_000042\n' })
  const { classes, items, coding, settings } = await DATASETS['voc'](root, 'val')
  expect(classes.length).toBe(21)
  expect(classes[0]).toBe('background')
  expect(items[1]).toEqual({ id: '2007_000042', photo: join(root, 'JPEGImages/2007_000042.jpg'), truth: join(root, 'SegmentationClass/2007_000042.png') })
  expect([coding(0), coding(20), coding(21), coding(255)]).toEqual([0, 20, null, null])
  expect(settings).toEqual({ temperature: 0.1, background: 'report' })
})

test('Context: value − 1, background unjudged, 59 classes', async () => {
  const { classes, coding } = await DATASETS['context'](tree({ 'ImageSets/SegmentationContext/val.txt': 'a\n' }), 'val')
  expect(classes.length).toBe(59)
  expect([coding(0), coding(1), coding(59), coding(60)]).toEqual([null, 0, 58, null])
})

test('COCO-Stuff: 182 ids → 171 → 27; the eleven dropped ids are unjudged', async () => {
  const { classes, coding, fine } = await DATASETS['coco-stuff'](tree({ 'curated/val2017/Coco164kFull_Stuff_Coarse.txt': '000000000139\n' }), 'val')
  expect(classes.length).toBe(27)
  // ticks and regions are of the 171
  expect([fine?.names.length, fine?.coding(0), fine?.coding(12), fine?.coding(11), fine?.coding(255)]).toEqual([171, 0, 11, null, null])
  expect(classes[coding(0) ?? -1]).toBe('person')
  expect(classes[coding(1) ?? -1]).toBe('vehicle')
  for (const id of [11, 25, 28, 29, 44, 65, 67, 68, 70, 82, 90, 182, 255]) expect(coding(id)).toBeNull()
  expect(Array.from({ length: 182 }, (_, id) => coding(id)).filter((value) => value !== null).length).toBe(171)
})

test('Cityscapes: every city of the split, id − 7', async () => {
  const root = tree({ 'leftImg8bit/val/lindau/lindau_000000_000019_leftImg8bit.png': '', 'leftImg8bit/val/ulm/ulm_1_2_leftImg8bit.png': '', 'leftImg8bit/val/ulm/notes.txt': '' })
  const { classes, items, coding } = await DATASETS['cityscapes'](root, 'val')
  expect(classes.length).toBe(27)
  expect(items.map(({ id }) => id)).toEqual(['lindau_000000_000019', 'ulm_1_2'])
  expect(items[0].truth).toBe(join(root, 'gtFine/val/lindau/lindau_000000_000019_gtFine_labelIds.png'))
  expect([coding(6), coding(7), coding(33), coding(34)]).toEqual([null, 0, 26, null])
})

test('a folder data set pairs pictures with masks of the same stem', async () => {
  const root = tree({ 'classes.txt': 'sky\nsea\n', 'images/a.jpg': '', 'images/b.jpg': '', 'masks/a.png': '' })
  const { classes, items, coding } = await DATASETS['folder'](root, '')
  expect(classes).toEqual(['sky', 'sea'])
  expect(items.map(({ id }) => id)).toEqual(['a'])
  expect([coding(1), coding(2), coding(255)]).toEqual([1, null, null])
})

test.each(['voc', 'context', 'coco-stuff', 'cityscapes', 'folder'])('%s: a root without it is refused with the missing path', async (name) => {
  const root = tree({})
  await expect(DATASETS[name](root, 'val')).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining(root) as string })
})
