import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ExportOptions } from '../../main/contract/transfer.ts'
import { checkDataSet, convertDataSet } from '../../main/engine/convert-data-set.ts'

let home: string
beforeEach(async () => { home = await mkdtemp(join(tmpdir(), 'maskwright-several-')) })
afterEach(() => rm(home, { recursive: true }))

const CATEGORIES = [{ id: 1, name: 'cat' }, { id: 3, name: 'dog' }]
const image = (id: number, name: string) => ({ id, file_name: name, width: 20, height: 10 })
const square = (id: number, image_id: number, category_id: number) => ({ id, image_id, category_id, segmentation: [[1, 1, 4, 1, 4, 4, 1, 4]], area: 9, bbox: [1, 1, 3, 3], iscrowd: 0 })
async function put(files: Readonly<Record<string, object>>): Promise<string> {
  const root = join(home, 'set')
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), JSON.stringify(content))
  }
  return root
}
const place = (path: string) => ({ path, options: { format: null }, images: undefined, reference: undefined })

interface Written { readonly images: { id: number; file_name: string }[]; readonly categories: { id: number; name: string }[]; readonly annotations: { id: number; image_id: number; category_id: number; caption?: string }[] }
async function converted(root: string): Promise<Written> {
  await convertDataSet(place(root), join(home, 'out.json'), ExportOptions.parse({ strict: true }))
  return JSON.parse(await readFile(join(home, 'out.json'), 'utf8')) as Written
}

test('train, val and captions of one folder are one data set, and every id stays', async () => {
  const root = await put({
    'annotations/instances_train.json': { images: [image(7, 'a.jpg')], categories: CATEGORIES, annotations: [square(5, 7, 1)] },
    'annotations/instances_val.json': { images: [image(9, 'b.jpg')], categories: CATEGORIES, annotations: [square(6, 9, 3)] },
    'annotations/captions_val.json': { images: [image(9, 'b.jpg')], annotations: [{ id: 80, image_id: 9, caption: 'A dog.' }] },
  })
  const report = await checkDataSet(place(root))
  expect(report).toMatchObject({ format: 'coco-instances', images: 2, annotations: 3, classes: 2, verdict: 'clean' })
  expect(report.findings).toMatchObject([{ rule: 'several-joined', severity: 'note', count: 3 }])
  const written = await converted(root)
  expect(written.images.map(({ id, file_name: name }) => [id, name])).toEqual([[9, 'b.jpg'], [7, 'a.jpg']])
  expect(written.categories.map(({ id, name }) => [id, name])).toEqual([[1, 'cat'], [3, 'dog']])
  expect(written.annotations.map(({ id, image_id: of }) => [id, of])).toEqual([[80, 9], [6, 9], [5, 7]])
})

test('files that each count from 0 keep their masks apart; the second’s ids are given anew, and that is said', async () => {
  const root = await put({
    'train/_annotations.coco.json': { images: [image(0, 'a.jpg')], categories: [{ id: 0, name: 'cat' }], annotations: [square(0, 0, 0)] },
    'valid/_annotations.coco.json': { images: [image(0, 'b.jpg')], categories: [{ id: 0, name: 'dog' }], annotations: [square(0, 0, 0)] },
  })
  const report = await checkDataSet(place(root))
  expect(report).toMatchObject({ images: 2, annotations: 2, classes: 2, verdict: 'mended' })
  expect(Object.fromEntries(report.findings.map(({ rule, severity }) => [rule, severity]))).toMatchObject({ 'image-id-twice': 'mended', 'category-id-taken': 'mended', 'annotation-id-twice': 'mended' })
  const { images, categories, annotations } = await converted(root)
  const nameOf = new Map(categories.map(({ id, name }) => [id, name]))
  expect(annotations.map((one) => [images.find(({ id }) => id === one.image_id)?.file_name, nameOf.get(one.category_id)])).toEqual([['a.jpg', 'cat'], ['b.jpg', 'dog']])
})

test('two files that label the same images are refused with their names', async () => {
  const both = { images: [image(7, 'a.jpg')], categories: CATEGORIES, annotations: [square(5, 7, 1)] }
  const root = await put({ 'instances.json': both, 'person_keypoints.json': both })
  const report = await checkDataSet(place(root))
  expect(report.verdict).toBe('refused')
  expect(report.findings.at(-1)).toMatchObject({ rule: 'several-files', examples: [expect.stringContaining('instances.json and person_keypoints.json both label "a.jpg"')] })
})
