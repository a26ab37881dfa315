import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFile } from 'node:child_process'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { decodeLabelPng, encodeLabelPng, NO_LABEL } from '../../main/formats/label-png.ts'

const ENTRY = join(import.meta.dirname, '../../main/cli/maskwright.ts')
const folder = mkdtempSync(join(tmpdir(), 'segment-'))

const run = (...args: string[]) => new Promise<{ code: number; out: string; err: string }>((resolve) => {
  execFile(process.execPath, [ENTRY, ...args], { maxBuffer: 1 << 26 }, (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }))
})

/** 16 cells in four quarters: cells of a quarter belong together, and the scores name each quarter but for one cell. */
const SIDE = 16
const quarter = (cell: number) => (Math.floor(cell / SIDE) >= SIDE / 2 ? 2 : 0) + (cell % SIDE >= SIDE / 2 ? 1 : 0)
const WRONG_CELL = 3 * SIDE + 3

/** @param apart  the affinity between quarters, of 1 within one */
function writeMaps(path: string, apart = 0.001): void {
  const n = SIDE * SIDE
  const affinity = new Float32Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) affinity[i * n + j] = (quarter(i) === quarter(j) ? 1 : apart) / (n / 4 + apart * ((3 * n) / 4))
  const scores = new Float32Array(n * 4)
  for (let i = 0; i < n; i++) for (let c = 0; c < 4; c++) scores[i * 4 + c] = (i === WRONG_CELL ? c === 3 : c === quarter(i)) ? 0.7 : 0.1
  const header = Buffer.from(JSON.stringify({
    __metadata__: { classes: '["sky","sea","sand","rock"]', grid: `[${SIDE}, ${SIDE}]` },
    affinity: { dtype: 'F32', shape: [n, n], data_offsets: [0, affinity.byteLength] },
    scores: { dtype: 'F32', shape: [n, 4], data_offsets: [affinity.byteLength, affinity.byteLength + scores.byteLength] },
  }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  writeFileSync(path, Buffer.concat([length, header, Buffer.from(affinity.buffer), Buffer.from(scores.buffer)]))
}

const maps = join(folder, 'maps.safetensors')
writeMaps(maps)
const truth = Uint16Array.from({ length: SIDE * SIDE }, (_, cell) => quarter(cell))

const segmented = async (method: string, ...more: string[]) => {
  const out = join(folder, `${method}.png`)
  const { code, out: text, err } = await run('segment', '--maps', maps, '--method', method, '--size', String(SIDE), '--out', out, '--json', ...more)
  expect(err).toBe('')
  expect(code).toBe(0)
  return { labels: [...decodeLabelPng(readFileSync(out), out).labels], json: JSON.parse(text) as { classAreasPx2: Record<string, number>; clusterCount: number | null; profile: string } }
}

test('gem shows the scores as they are, agg-gem mends the cell that its neighbours contradict', async () => {
  const wrong = [...truth]
  wrong[WRONG_CELL] = 3
  expect((await segmented('gem')).labels).toEqual(wrong)
  const refined = await segmented('agg-gem', '--profile', 'reference')
  expect(refined.labels).toEqual([...truth])
  for (const affinity of ['sharpened', 'iterated']) expect((await segmented('agg-gem', '--set', `affinity=${affinity}`)).labels).toEqual([...truth])
  // half of every step restarts from the cell's own score, which is wrong; a tenth is outvoted
  expect((await segmented('agg-gem', '--set', 'affinity=walk', '--set', 'walkRestart=0.5')).labels[WRONG_CELL]).toBe(3)
  expect((await segmented('agg-gem', '--set', 'affinity=walk', '--set', 'walkRestart=0.1')).labels).toEqual([...truth])
  expect(refined.json).toMatchObject({ profile: 'reference', classAreasPx2: { sky: 64, sea: 64, sand: 64, rock: 64 } })
})

test('ticked classes and regions of a person restrict and name', async () => {
  expect(new Set((await segmented('gem-w', '--ticked', 'sky,rock')).labels)).toEqual(new Set([0, 3]))
  const regions = join(folder, 'regions.png')
  writeFileSync(regions, encodeLabelPng({ width: SIDE, height: SIDE, labels: truth.map((label) => (label === 2 ? NO_LABEL : label)) }, 4))
  expect((await segmented('gt-clust', '--regions', regions)).labels).toEqual([...truth].map((label) => (label === 2 ? NO_LABEL : label)))
})

test('clusters: both named ways find the four quarters, diffseg leaves them without names', async () => {
  expect((await segmented('diffseg-clust')).labels).toEqual([...truth])
  expect((await segmented('spec-clust', '--set', 'clusterCount=4')).labels).toEqual([...truth])
  const { json } = await segmented('diffseg')
  expect(json).toMatchObject({ clusterCount: 4, classAreasPx2: { 'cluster 0': 64 } })
})

test.each([
  [['--method', 'agg-sd'], /agg-sd needs a pack/],
  [['--method', 'gem-w'], /ticked/],
  [['--method', 'gem', '--ticked', 'sky'], /gem does not take --ticked; gem-w, agg-gem-w/],
  [['--method', 'agg-gem', '--regions', 'none.png'], /agg-gem does not take --regions; gt-clust does/],
  [['--method', 'gem-w'], /gem-w works on the classes that are in the picture: name them with --ticked/],
  [['--method', 'gem-w', '--ticked', 'fog'], /--ticked fog: it is not one of the classes/],
  [['--method', 'gem', '--set', 'temperature=9'], /temperature takes a number from 0.001 to 1/],
  [['--method', 'gem', '--set', 'minAreaPx2=9'], /--set minAreaPx2: it acts while a pack makes maps or proposals/],
  [['--method', 'gem', '--set', 'clusterCount=9'], /--set clusterCount: gem obeys temperature, background/],
  [['--method', 'grabcut'], /photo/],
  [['--method', 'gem', '--set', 'background=sos'], /sos/],
])('segment %j ends with one clear line and code 1', async (args, message) => {
  const { code, err } = await run('segment', '--maps', maps, '--out', join(folder, 'x.png'), ...args)
  expect(code).toBe(1)
  expect(err).toMatch(message)
  expect(err.trim().split('\n').length).toBe(1)
})

test('evaluate judges predictions with truth coded by ids, and writes the three reports', async () => {
  for (const name of ['predictions', 'truth', 'photos']) mkdirSync(join(folder, name), { recursive: true })
  const ids = [0, 17, 30, 4]
  const prediction = truth.slice()
  prediction[WRONG_CELL] = 3
  writeFileSync(join(folder, 'predictions/a.png'), encodeLabelPng({ width: SIDE, height: SIDE, labels: prediction }, 4))
  await sharp(Buffer.from(truth.map((label) => ids[label])), { raw: { width: SIDE, height: SIDE, channels: 1 } }).toColourspace('b-w').png().toFile(join(folder, 'truth/a.png'))
  writeFileSync(join(folder, 'classes.txt'), 'sky\nsea\nsand\nrock\n')
  writeFileSync(join(folder, 'ids.yaml'), 'classes:\n  0: sky\n  17: sea\n  30: sand\n  4: rock\n  99: nothing we know\n')
  const { code, out, err } = await run('evaluate', '--predictions', join(folder, 'predictions'), '--truth', join(folder, 'truth'), '--classes-file', join(folder, 'classes.txt'), '--truth-ids', join(folder, 'ids.yaml'), '--out', join(folder, 'report'), '--json')
  expect(err).toBe('')
  expect(code).toBe(0)
  const { methods } = JSON.parse(out) as { methods: { predictions: { mIoU: number; pixelAccuracy: number; perClass: Record<string, number>; report: { mIoU: number } } } }
  expect(methods.predictions.perClass).toEqual({ sky: 63 / 64, sea: 1, sand: 1, rock: 64 / 65 })
  expect(methods.predictions.mIoU).toBeCloseTo((63 / 64 + 2 + 64 / 65) / 4, 12)
  expect(methods.predictions.report.mIoU).toBeCloseTo((63 / 64 + 2 + 64 / 65) / 4, 12) // 320 is a multiple of 16
  const html = readFileSync(join(folder, 'report/report.html'), 'utf8')
  expect(html).toContain('data:image/png;base64,')
  expect(html).not.toMatch(/(src|href)="http/)
  expect(readFileSync(join(folder, 'report/report.md'), 'utf8')).toContain('| mIoU | 99.2 |')
})

test('evaluate runs methods on a folder data set and goes on from its journal', async () => {
  for (const name of ['set/images', 'set/masks', 'set/maps']) mkdirSync(join(folder, name), { recursive: true })
  for (const stem of ['a', 'b']) {
    await sharp({ create: { width: 32, height: 32, channels: 3, background: 'grey' } }).png().toFile(join(folder, `set/images/${stem}.png`))
    writeFileSync(join(folder, `set/masks/${stem}.png`), encodeLabelPng({ width: SIDE, height: SIDE, labels: truth }, 4))
    writeMaps(join(folder, `set/maps/${stem}.safetensors`))
  }
  writeFileSync(join(folder, 'set/classes.txt'), 'sky\nsea\nsand\nrock\n')
  const args = ['evaluate', '--dataset', 'folder', '--root', join(folder, 'set'), '--maps', join(folder, 'set/maps'), '--methods', 'gem,agg-gem,diffseg', '--out', join(folder, 'set-report'), '--json']
  const first = await run(...args)
  expect(first.err).toBe('')
  interface Json { methods: Record<string, { images: number; mIoU: number; judgedBy: string }> }
  const { methods } = JSON.parse(first.out) as Json
  expect(methods['agg-gem']).toMatchObject({ images: 2, mIoU: 1, judgedBy: 'named' })
  expect(methods['diffseg']).toMatchObject({ mIoU: 1, judgedBy: 'matched' })
  for (const report of ['report.md', 'report.html']) expect(readFileSync(join(folder, 'set-report', report), 'utf8')).toContain('a class that is nowhere in the truth has 0.0')
  // where no journal can be written each picture is judged, and counted, once
  mkdirSync(join(folder, 'set-no-journal/journal.jsonl'), { recursive: true })
  const unkept = await run(...args.map((arg) => (arg === join(folder, 'set-report') ? join(folder, 'set-no-journal') : arg)))
  expect(unkept.err).toMatch(/^the journal can’t be kept any more \(EISDIR.*\n$/)
  expect(JSON.parse(unkept.out)).toMatchObject({ images: 2, failed: [], methods: { 'agg-gem': { images: 2, mIoU: 1 } } })
  // the journal of other maps is not taken over, and one bad picture is named while the other is judged
  mkdirSync(join(folder, 'set/other'), { recursive: true })
  writeFileSync(join(folder, 'set/other/a.safetensors'), 'no maps')
  writeMaps(join(folder, 'set/other/b.safetensors'))
  const other = JSON.parse((await run(...args.map((arg) => (arg === join(folder, 'set/maps') ? join(folder, 'set/other') : arg)))).out) as Json & { failed: { id: string }[] }
  expect(other.methods['agg-gem']).toMatchObject({ images: 1 })
  expect(other.failed).toMatchObject([{ id: 'a' }])
  // what one method cannot take is said, and the others are judged all the same
  mkdirSync(join(folder, 'set/zeros'), { recursive: true })
  writeMaps(join(folder, 'set/zeros/a.safetensors'), 0)
  writeMaps(join(folder, 'set/zeros/b.safetensors'))
  const zeros = await run(...args.map((arg) => (arg === join(folder, 'set/maps') ? join(folder, 'set/zeros') : arg)), '--profile', 'reference')
  const published = JSON.parse(zeros.out) as Json & { failed: { id: string; reason: string }[] }
  expect(published.methods).toMatchObject({ gem: { images: 2 }, 'agg-gem': { images: 2, mIoU: 1 }, diffseg: { images: 1, mIoU: 1 } })
  expect(published.failed).toEqual([{ id: 'a', reason: expect.stringMatching(/^diffseg: .*exact zero/) as string }])
  expect(zeros.err).toMatch(/^a: diffseg: .*use profile corrected\n$/)
  // a run that was killed in the middle of its second line, and whose maps are gone: the first image is not run again
  const journal = join(folder, 'set-report/journal.jsonl')
  const lines = readFileSync(journal, 'utf8').split('\n')
  writeFileSync(journal, `${lines[0]}\n${lines[1].slice(0, 50)}`)
  writeFileSync(join(folder, 'set/maps/a.safetensors'), 'gone')
  const second = await run(...args)
  expect(readFileSync(join(folder, 'set-report/report.html'), 'utf8')).toContain('gem · b') // the worst pictures are shown after a resume too
  expect((JSON.parse(second.out) as Json).methods).toMatchObject(Object.fromEntries(Object.entries(methods).map(([name, { images, mIoU }]) => [name, { images, mIoU }])))
})
