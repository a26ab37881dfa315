import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { FormatName } from '../../main/contract/transfer.ts'
import { EngineError } from '../../main/contract/errors.ts'
import { checkDataSet } from '../../main/engine/convert-data-set.ts'
import { encodePng } from '../../main/formats/png.ts'

/** Seconds for all formats together: MASKWRIGHT_FUZZ_S runs longer. The seed is printed; MASKWRIGHT_FUZZ_SEED repeats a run. */
const SECONDS = Number(process.env['MASKWRIGHT_FUZZ_S'] ?? 10)
const SEED = Number(process.env['MASKWRIGHT_FUZZ_SEED'] ?? Date.now() % 1_000_000)
/** One damaged data set has at most so many bytes: none may take longer or grow by more. */
const CASE_MS_MAX = 5000
const GROWTH_BYTES_MAX = 600 << 20

const png = (channels: 1 | 3, value: number) => Buffer.from(encodePng({ width: 12, height: 9, channels, palette: null, values: Uint8Array.from({ length: 108 * channels }, (_, i) => (i % 5 === 0 ? value : 0)) }))
const images = '"images":[{"id":1,"file_name":"a/x.jpg","width":12,"height":9},{"id":2,"file_name":"y.jpg","width":12,"height":9}],"categories":[{"id":1,"name":"cat","isthing":1},{"id":2,"name":"sky","isthing":0}]'
const PNG_MASK = png(1, 255).toString('base64')
/** A good data set of each format, for a mutation to spoil. */
const SETS: Readonly<Record<Exclude<FormatName, 'coco-stuff'>, Readonly<Record<string, string | Buffer>>>> = {
  'coco-instances': { 'c.json': `{${images},"annotations":[{"id":1,"image_id":1,"category_id":1,"segmentation":[[1,1,4,1,4,4.5]],"bbox":[1,1,3,3],"area":4.5,"iscrowd":0},{"id":2,"image_id":2,"category_id":2,"segmentation":{"size":[9,12],"counts":"03Y3"},"iscrowd":1},{"id":3,"image_id":1,"caption":"x"},{"id":4,"image_id":1,"category_id":1,"segmentation":{"size":[9,12],"counts":[5,3,100]}}]}` },
  'coco-panoptic': { 'p.json': `{${images},"annotations":[{"image_id":1,"file_name":"x.png","segments_info":[{"id":7,"category_id":1,"area":3,"bbox":[1,1,2,2],"iscrowd":0}]}]}`, 'p/x.png': png(3, 7) },
  'coco-results': { 'r.json': '[{"image_id":1,"category_id":1,"segmentation":{"size":[9,12],"counts":"03Y3"},"score":0.5},{"image_id":2,"category_id":2,"bbox":[1,2,3,4],"score":1}]' },
  'coco-stuff-maps': { 'labels.txt': '0: unlabeled\n1: cat\n2: sky\n', 'maps/x.png': png(1, 1) },
  voc: { 'SegmentationClass/x.png': png(1, 8), 'SegmentationObject/x.png': png(1, 1), 'Annotations/x.xml': '<annotation><size><width>12</width><height>9</height></size><object><name>cat</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></annotation>' },
  cityscapes: { 'gtFine/val/u/u_gtFine_labelIds.png': png(1, 26), 'gtFine/val/u/v_gtFine_polygons.json': '{"imgHeight":9,"imgWidth":12,"objects":[{"label":"car","polygon":[[1,1],[4,1],[4,4]]}]}' },
  yolo: { 'data.yaml': 'names: {0: cat, 1: dog}\n', 'labels/train/x.txt': '0 0.1 0.1 0.5 0.1 0.5 0.6\n1 0.5 0.5 0.1 0.1\n', 'images/train/x.png': png(3, 9) },
  labelme: { 'x.json': `{"shapes":[{"label":"cat","points":[[1,1],[4,1],[4,4]],"group_id":1,"shape_type":"polygon"},{"label":"cat","points":[[0,0],[11,8]],"shape_type":"mask","mask":"${PNG_MASK}"}],"imagePath":"x.jpg","imageHeight":9,"imageWidth":12}` },
  'label-png': { 'classes.txt': 'cat\ndog\n', 'masks/x.png': png(1, 1) },
  datumaro: { 'd.json': '{"dm_format_version":"1.0","categories":{"label":{"labels":[{"name":"cat"}]}},"items":[{"id":"x","annotations":[{"id":1,"type":"polygon","label_id":0,"points":[1,1,4,1,4,4],"group":1},{"type":"mask","label_id":0,"rle":{"size":[9,12],"counts":"03Y3"}}],"image":{"path":"x.jpg","size":[9,12]}}]}' },
  cvat: { 'a.xml': '<?xml version="1.0"?><annotations><meta><job><labels><label><name>cat</name></label></labels></job></meta><image id="0" name="x.jpg" width="12" height="9"><polygon label="cat" points="1,1;4,1;4,4"/><mask label="cat" rle="1,2,3" left="1" top="1" width="3" height="2"/><box label="cat" xtl="1" ytl="1" xbr="2" ybr="2"/></image></annotations>' },
}
const PIECES = ['1e308', '-1', '4294967296', '999999999999999999999', '1e-320', 'NaN', 'Infinity', 'null', 'true', '[]', '{}', '[[[[', '"', '\\u0000', '\uD800', '../..', '/etc/passwd', '<a>', '</a>', '&amp;', '&x;', '<!--', ']]>', ',', ':', '0', '__proto__', '"id":1,', '1048576', '\t', '\r\n', '*a', '&a [*a,*a]', '😀'] as const

const home = mkdtempSync(join(tmpdir(), 'maskwright-fuzz-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

let state = SEED >>> 0
const random = (): number => {
  state = (state + 0x6d2b79f5) >>> 0
  let t = Math.imul(state ^ (state >>> 15), state | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const below = (n: number): number => Math.floor(random() * n)

/** One to four slips: bytes changed, cut, doubled or put in. */
function spoilt(content: Buffer): Buffer {
  let bytes = content
  for (let slips = 1 + below(4); slips > 0; slips--) {
    const at = below(bytes.length + 1)
    const to = Math.min(bytes.length, at + 1 + below(random() < 0.2 ? bytes.length : 12))
    const put = [Buffer.of(below(256)), Buffer.alloc(0), Buffer.concat([bytes.subarray(at, to), bytes.subarray(at, to)]), Buffer.from(PIECES[below(PIECES.length)])][below(4)]
    bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(below(3) === 0 ? at : to)])
  }
  return bytes
}

/** Values that a well-formed file may hold where another is expected. */
const VALUES: readonly unknown[] = [null, true, -1, 0, 0.5, 1e308, -0.1, 4294967296, 2 ** 53, 1048576, '', 'x', '7', '../../x.jpg', '/etc/passwd', '\u0000', 'A'.repeat(300), [], [[]], [[1, 2, 3]], [1, 'x'], {}, { size: [9, 12], counts: 'ooo' }, { size: [1048576, 1048576], counts: [1099511627776] }, [[1e9, 1e9, -1e9, 5, 3, -1e9]]]

/** The same JSON with one to three places of its tree holding something else, doubled, or gone. */
function misshapen(content: Buffer): Buffer {
  let tree: unknown = JSON.parse(content.toString())
  for (let slips = 1 + below(3); slips > 0; slips--) {
    const places: { readonly of: Record<string, unknown>; readonly key: string }[] = []
    const gather = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return
      for (const [key, value] of Object.entries(node)) {
        places.push({ of: node as Record<string, unknown>, key })
        gather(value)
      }
    }
    gather(tree)
    if (places.length === 0 || below(40) === 0) {
      tree = structuredClone(VALUES[below(VALUES.length)])
      continue
    }
    const { of, key } = places[below(places.length)]
    const what = below(4)
    if (what === 0 && Array.isArray(of)) of.push(structuredClone(of[Number(key)]))
    else if (what === 1 && !Array.isArray(of)) Reflect.deleteProperty(of, key)
    else of[key] = what === 2 ? structuredClone(places[below(places.length)].of) : structuredClone(VALUES[below(VALUES.length)])
  }
  return Buffer.from(JSON.stringify(tree))
}

test(`every parser reads or refuses whatever it is given, for ${SECONDS} s`, async () => {
  process.stdout.write(`fuzz seed ${SEED}\n`)
  const formats = Object.keys(SETS) as (keyof typeof SETS)[]
  const reference = join(home, 'reference.json')
  writeFileSync(reference, `{${images},"annotations":[]}`)
  const before = process.memoryUsage().rss
  const until = Date.now() + SECONDS * 1000
  let cases = 0
  let slowest = 0
  for (; Date.now() < until; cases++) {
    const format = formats[cases % formats.length]
    const files = Object.entries(SETS[format])
    const victim = below(files.length)
    const root = join(home, 'set')
    rmSync(root, { recursive: true, force: true })
    for (const [i, [name, content]] of files.entries()) {
      mkdirSync(dirname(join(root, name)), { recursive: true })
      const bytes = Buffer.from(content)
      writeFileSync(join(root, name), i !== victim ? bytes : name.endsWith('.json') && below(2) === 0 ? misshapen(bytes) : spoilt(bytes))
    }
    const path = files.length === 1 ? join(root, files[0][0]) : root
    const started = process.cpuUsage()
    const shown = (): string => `seed ${SEED}, case ${cases}, ${format}: ${JSON.stringify(readFileSync(join(root, files[victim][0])).toString('latin1').slice(0, 3000))}`
    try {
      // most are read as what they were; some as what they look like
      const report = await checkDataSet({ path, options: { format: below(5) === 0 ? null : format }, images: undefined, reference })
      if (!['clean', 'mended', 'refused'].includes(report.verdict)) throw new Error('no verdict')
    } catch (error) {
      // errors in words are answers too; anything else is a bug
      if (!(error instanceof EngineError)) throw new Error(shown(), { cause: error })
    }
    // time of the processor: the clock also counts what else the machine does. A case that waits for ever meets the test's own limit.
    const { user, system } = process.cpuUsage(started)
    slowest = Math.max(slowest, user + system)
    if ((user + system) / 1000 > CASE_MS_MAX) throw new Error(`${Math.round((user + system) / 1000)} ms of the processor: ${shown()}`)
  }
  process.stdout.write(`fuzz: ${cases} data sets, the slowest took ${Math.round(slowest / 1000)} ms of the processor\n`)
  expect(cases).toBeGreaterThan(formats.length)
  expect(process.memoryUsage().rss - before).toBeLessThan(GROWTH_BYTES_MAX)
}, SECONDS * 1000 + 60_000)
