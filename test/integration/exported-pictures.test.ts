import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ExportOptions, FILE_FORMATS, type FormatName } from '../../main/contract/transfer.ts'
import { convertDataSet } from '../../main/engine/convert-data-set.ts'
import type { Source } from '../../main/formats/format.ts'
import { checkExport, writeExport } from '../../main/formats/formats.ts'

const NAMES = ['a/same.png', 'b/same.png'] as const
let home: string
let truth: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'maskwright-pictures-'))
  truth = join(home, 'truth.json')
  for (const [i, name] of NAMES.entries()) {
    await mkdir(dirname(join(home, 'images', name)), { recursive: true })
    await sharp({ create: { width: 20, height: 10, channels: 3, background: { r: i * 90, g: 5, b: 9 } } }).png().toFile(join(home, 'images', name))
  }
  await writeFile(truth, JSON.stringify({
    images: [...NAMES, 'gone.png'].map((name, i) => ({ id: i + 1, file_name: name, width: 20, height: 10 })), categories: [{ id: 1, name: 'car' }],
    annotations: [1, 2, 3].map((id) => ({ id, image_id: id, category_id: 1, segmentation: [[1, 1, 5, 1, 5, 5, 1, 5]], area: 16, bbox: [1, 1, 4, 4], iscrowd: 0 })),
  }))
})
afterAll(() => rm(home, { recursive: true }))

/** Where each format has its pictures. */
const PLACES: readonly (readonly [FormatName, string])[] = [
  ['coco-instances', 'images'], ['coco-stuff', 'images'], ['coco-results', 'images'], ['coco-panoptic', 'images'], ['coco-stuff-maps', 'images'], ['voc', 'JPEGImages'], ['cityscapes', 'leftImg8bit'], ['yolo', 'images'], ['labelme', ''], ['label-png', 'images'],
]
async function written(format: FormatName, images: ExportOptions['images']): Promise<{ folder: string; findings: readonly { rule: string; count: number }[]; pictures: string[] }> {
  const folder = join(home, `${format}-${images}`)
  await mkdir(folder)
  const isFile = ['coco-instances', 'coco-stuff', 'coco-results'].includes(format)
  const { written: report } = await convertDataSet({ path: truth, options: { format: null }, images: undefined, reference: undefined }, isFile ? join(folder, 'out.json') : folder, ExportOptions.parse({ format, images }))
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const place = PLACES.find(([name]) => name === format)?.[1] ?? ''
  const pictures = files.filter((one) => !one.isDirectory()).map((one) => join(one.parentPath, one.name)).filter((path) => path.endsWith('same.png') && path.startsWith(join(folder, place)) && /[/\\][ab][/\\]/.test(path.slice(folder.length)) && !/maps|masks|panoptic[/\\]|gtFine|Segmentation/.test(path.slice(folder.length)))
  return { folder, findings: report.findings, pictures: pictures.toSorted((a, b) => (a < b ? -1 : 1)) }
}

describe.each(PLACES)('%s', (format) => {
  test('copies pictures byte by byte, and says which are not there', async () => {
    const { pictures, findings } = await written(format, 'copy')
    expect(pictures).toHaveLength(2)
    for (const [i, path] of pictures.entries()) {
      expect((await lstat(path)).isSymbolicLink()).toBe(false)
      expect(await readFile(path)).toEqual(await readFile(join(home, 'images', NAMES[i])))
    }
    expect(findings).toContainEqual(expect.objectContaining({ rule: 'picture-missing', count: 1 }))
  })

  test('links to pictures where they lie', async () => {
    const { pictures } = await written(format, 'link')
    expect(pictures).toHaveLength(2)
    for (const [i, path] of pictures.entries()) expect(await readlink(path)).toBe(join(home, 'images', NAMES[i]))
  })

  test('leaves them where they are when nothing else is asked', async () => {
    const before = (await stat(join(home, 'images', NAMES[0]))).mtimeMs
    expect((await written(format, 'none')).pictures).toEqual([])
    expect((await stat(join(home, 'images', NAMES[0]))).mtimeMs).toBe(before)
  })
})

/** Two pictures of one name in two folders of a project. */
const SAME_NAME: Source = {
  name: 'two', topLevel: null, classes: () => [], annotationsOf: () => [], picturePath: ({ id }) => join(home, 'images', NAMES[id - 1]),
  images: () => [1, 2].map((id) => ({ id, path: 'same.png', folderName: `of ${id}`, width: 20, height: 10, importedId: null, fileName: null, carried: null })),
}
const IN_TWO_SETS = { train: 0.5, val: 0.5, test: 0, seed: 1 }

test.each(PLACES.map(([format]) => format))('%s: pictures of one name from two folders are both there, in one set or in two, and the dry run says what they are called', async (format) => {
  const isFile = FILE_FORMATS.includes(format)
  for (const split of [null, IN_TWO_SETS]) {
    const folder = join(home, `${format}-same-${split === null ? 'one' : 'two'}`)
    if (isFile) await mkdir(folder)
    const options = ExportOptions.parse({ format, images: 'copy', split })
    const { findings } = await writeExport(isFile ? join(folder, 'out.json') : folder, SAME_NAME, options)
    const files = (await readdir(folder, { recursive: true })).map((name) => name.replaceAll('\\', '/'))
    const pictures = await Promise.all(files.filter((name) => /(^|\/)same\.png$/.test(name)).map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })))
    const copies: string[] = []
    for (const original of NAMES) {
      const bytes = await readFile(join(home, 'images', original))
      const found = pictures.filter((one) => one.bytes.equals(bytes))
      expect(found, `${original} of ${files.join(', ')}`).toHaveLength(1)
      copies.push(found[0].name)
    }
    const listed = await Promise.all(files.filter((name) => /(^|\/)(out|panoptic)[\w.]*\.json$/.test(name)).map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as { images?: { id: number; file_name: string }[] }))
    const named = listed.flatMap(({ images }) => images ?? []).map(({ file_name }) => `images/${file_name}`).sort()
    if (named.length > 0) expect(named).toEqual(copies.sort())
    // results list no pictures, so none has a name
    if (format === 'coco-results') continue
    expect(findings).toContainEqual(expect.objectContaining({ rule: 'file-twice', count: 1 }))
    expect((await checkExport(SAME_NAME, options)).findings).toContainEqual(expect.objectContaining({ rule: 'file-twice', count: 1 }))
  }
})

test.each([['yolo', /^images\//, /^labels\//, '.txt'], ['cityscapes', /^leftImg8bit\//, /^gtFine\//, '_gtFine_labelIds.png']] as const)('%s: pictures of one name from two folders lie beside their own labels, whichever sets they come into', async (format, pictures, labels, end) => {
  const folder = join(home, `${format}-two-folders`)
  await writeExport(folder, SAME_NAME, ExportOptions.parse({ format, images: 'copy', split: IN_TWO_SETS }))
  const files = (await readdir(folder, { recursive: true })).map((name) => name.replaceAll('\\', '/'))
  const shown = files.filter((name) => name.endsWith('same.png') && pictures.test(name)).map((name) => name.replace(pictures, '').replace(/\.png$/, ''))
  expect(shown).toHaveLength(2)
  expect(files.filter((name) => name.endsWith(end)).map((name) => name.replace(labels, '').slice(0, -end.length)).sort()).toEqual(shown.sort())
  expect(new Set(shown.map((name) => name.split('/')[0])).size).toBe(2)
})
