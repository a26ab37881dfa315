import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REGION_TRAITS } from '../../../main/attention/region-traits.ts'
import { EngineError } from '../../../main/contract/errors.ts'
import { METHODS, type MethodName } from '../../../main/contract/methods.ts'
import { packGives, packMethods } from '../../../main/contract/packs.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../../main/contract/settings.ts'
import { openMapsCache } from '../../../main/inference/maps-cache.ts'
import { createOnnxProducts } from '../../../main/inference/onnx-products.ts'
import { forEachSpan } from '../../../main/masks/rle.ts'
import type { RegionBank } from '../../../main/memory/region-bank.ts'
import type { ScoreHead } from '../../../main/memory/score-head.ts'
import { checkPackRequest, openPack } from '../../../main/packs/open-pack.ts'
import { proposeWithPack, teachWithPack } from '../../../main/pipeline/checkpoint-pack.ts'
import type { PromptClass } from '../../../main/pipeline/messages.ts'
import { collectRegionBank } from '../../../main/pipeline/collect-region-bank.ts'
import { createKeptSteps } from '../../../main/pipeline/kept-steps.ts'
import { createPackRunner, type PackRunner } from '../../../main/pipeline/pack-methods.ts'
import { openPhoto } from '../../../main/pipeline/photo.ts'
import type { SharedWork } from '../../../main/segment/run-method.ts'
import { writeTinyPack } from '../../reference/tiny-pack.ts'
import { paintPhoto } from '../prelabel/painted-photos.ts'

const folder = mkdtempSync(join(tmpdir(), 'maskwright-pack-runs-'))
const photo = join(folder, 'photo.jpg')
const packs = join(folder, 'packs')
const products = createOnnxProducts(1)
const before = process.env['MASKWRIGHT_PACKS']
const open: PackRunner[] = []

beforeAll(async () => {
  await paintPhoto(photo, 160, 120, [{ x: 40, y: 45, radius: 25, colour: '#c02020' }, { x: 110, y: 55, radius: 28, colour: '#e8c020' }])
  writeTinyPack(packs)
  process.env['MASKWRIGHT_PACKS'] = packs
})
afterAll(async () => {
  for (const runner of open) await runner.close()
  if (before === undefined) delete process.env['MASKWRIGHT_PACKS']
  else process.env['MASKWRIGHT_PACKS'] = before
  rmSync(folder, { recursive: true, force: true })
})

async function runner(cache = 'cache', limit = 1e9, pack = 'tiny'): Promise<PackRunner> {
  const made = await createPackRunner(openPack(pack), { threads: 1, devices: ['cpu'], precision: 'auto', int8Folder: join(folder, 'int8'), cache: openMapsCache(join(folder, cache), limit), products })
  open.push(made)
  return made
}
const CLASSES: readonly PromptClass[] = [
  { id: 11, name: 'ox', synonyms: [], extent: 'thing' },
  { id: 12, name: 'ya', synonyms: ['ki'], extent: 'thing' },
  { id: 13, name: 'mu', synonyms: [], extent: 'stuff' },
]
const request = (method: MethodName, more: { settings?: Partial<Settings>; classes?: readonly PromptClass[]; ticked?: readonly number[] | null; profile?: 'reference' | 'corrected' } = {}) => ({
  path: photo, pack: 'tiny', method, profile: more.profile ?? 'corrected', classes: more.classes ?? CLASSES, ticked: more.ticked ?? null, settings: { ...DEFAULT_SETTINGS, minAreaPx2: 1, ...more.settings },
} as const)

test('a photo becomes proposals with class, score and prompt; things in parts, stuff in one', async () => {
  const tiny = await runner()
  const answer = await proposeWithPack(request('agg-gem'), tiny)
  expect([answer.width, answer.height, answer.device, answer.notTaken]).toEqual([160, 120, 'cpu', []])
  expect(answer.networkRuns).toEqual({ text: 1, vision: 3 })
  expect(answer.proposals.length).toBeGreaterThan(0)
  let covered = 0
  for (const { mask, areaPx2, named } of answer.proposals) {
    let area = 0
    forEachSpan(mask, (_, x0, x1) => { area += x1 - x0 })
    expect(area).toBe(areaPx2)
    covered += area
    expect(CLASSES.map(({ id }) => id)).toContain(named?.classId)
    for (const value of [named?.score, named?.margin, named?.entropy]) expect(value).toSatisfy((one: number) => one >= 0 && one <= 1)
  }
  expect(covered).toBe(160 * 120)
  expect(answer.proposals.filter(({ named }) => named?.classId === 13).length).toBeLessThanOrEqual(1)
  const ya = answer.proposals.find(({ named }) => named?.classId === 12)
  if (ya !== undefined) expect(ya.named?.prompt).toBe('a photo of a ya. | a photo of a ki.')
})

test('other names, ticks, thresholds and methods run no vision network again, in this process or the next', async () => {
  const first = await runner('twice')
  expect((await proposeWithPack(request('agg-gem'), first)).networkRuns?.vision).toBe(3)
  const others = [
    request('agg-gem', { classes: [...CLASSES, { id: 14, name: 'ra', synonyms: [], extent: 'thing' }] }),
    request('agg-gem-w', { ticked: [11, 13] }),
    request('gem', { settings: { temperature: 0.1, background: 'report', presenceThreshold: 0.1 } }),
    request('gem', { settings: { background: 'stuff-floor' } }),
    request('diffseg-clust'), request('spec-clust', { settings: { clusterCount: 5 } }), request('diffseg'), request('regions'), request('grabcut'),
    request('agg-gem', { settings: { affinity: 'walk', edgeSnap: 'pamr', promptEnsemble: true } }),
  ]
  for (const other of others) expect((await proposeWithPack(other, first)).networkRuns?.vision, other.method).toBe(0)
  const second = await runner('twice')
  for (const other of others) expect((await proposeWithPack(other, second)).networkRuns, other.method).toEqual({ text: 0, vision: 0 })
  // what the pictures say of themselves is kept too, so nothing changes by the restart
  const again = await proposeWithPack(request('agg-gem'), second)
  const fresh = await proposeWithPack(request('agg-gem'), first)
  expect(again.proposals).toEqual(fresh.proposals)
})

test('every method the pack offers gives proposals of its kind', async () => {
  const tiny = await runner()
  const methods = packMethods(packGives(openPack('tiny').manifest))
  expect(methods).toEqual(['gem', 'gem-w', 'agg-gem', 'agg-gem-w', 'agg-sd', 'diffseg-clust', 'spec-clust', 'diffseg', 'maskclip', 'clip-surgery', 'grabcut', 'regions'])
  for (const method of methods) {
    for (const profile of ['corrected', 'reference'] as const) {
      const { proposals } = await proposeWithPack(request(method, { ticked: [11, 12], profile }), tiny)
      const nameless = method === 'diffseg' || method === 'regions'
      expect(proposals.length, method).toBeGreaterThan(0)
      expect(proposals.every(({ named, vector }) => (nameless ? named === undefined && vector.length === 20 + REGION_TRAITS : named !== undefined && vector.length === 0)), method).toBe(true)
      if (method.endsWith('-w') || method === 'agg-sd') expect(proposals.every(({ named }) => named?.classId === 11 || named?.classId === 12), method).toBe(true)
    }
  }
})

test('asked what regions look like, a pack that names them gives their vectors and how near each class that could be named is', async () => {
  const tiny = await runner()
  for (const method of ['gem', 'agg-gem-w', 'agg-sd', 'maskclip'] as const) {
    const plain = await proposeWithPack(request(method, { ticked: [11, 12] }), tiny)
    const { proposals } = await proposeWithPack({ ...request(method, { ticked: [11, 12] }), looks: true }, tiny)
    const { vectors } = await teachWithPack({ path: photo, pack: 'tiny', masks: proposals.map(({ mask }) => mask) }, tiny)
    expect(proposals.length, method).toBeGreaterThan(0)
    for (const [i, { vector, named }] of proposals.entries()) {
      expect(vector, method).toEqual(vectors[i])
      const { text, ...naming } = named ?? {}
      expect(naming, method).toEqual(plain.proposals[i].named)
      expect(text?.classIds, method).toEqual(METHODS[method].ticked ? [11, 12] : [11, 12, 13])
      expect(text?.cosines.length, method).toBe(text?.classIds.length)
      expect(text?.cosines.every((cosine) => Math.abs(cosine) <= 1.0001), method).toBe(true)
    }
  }
})

test('a head that was learnt stands for the cosines of methods on GEM, class by class', async () => {
  const tiny = await runner('head')
  const size = 20
  const head = (classIds: readonly number[], bias: readonly number[], weight = 0): ScoreHead => ({ lessons: 9, classIds, weights: new Float32Array(classIds.length * size).fill(weight), bias: Float32Array.from(bias) })
  const propose = async (learnt?: ScoreHead, more: Parameters<typeof request>[1] = {}, method: MethodName = 'agg-gem') =>
    (await proposeWithPack({ ...request(method, more), looks: true, ...(learnt === undefined ? {} : { head: learnt }) }, tiny)).proposals
  const classIdsOf = async (...asked: Parameters<typeof propose>) => [...new Set((await propose(...asked)).map(({ named }) => named?.classId))]

  const plain = await propose()
  // so that a change of the cosines is seen in it
  for (const { named } of plain) expect(named?.score).toBeLessThan(0.99)
  expect(await propose(head([], []))).toEqual(plain)
  expect(await propose(head([13, 11], [0, 0]))).toEqual(plain)

  for (const method of ['gem', 'agg-gem', 'diffseg-clust', 'spec-clust'] as const) {
    for (const { id } of CLASSES) expect(await classIdsOf(head([11, 12, 13], [11, 12, 13].map((one) => (one === id ? 5 : 0))), {}, method), method).toEqual([id])
  }
  expect(await classIdsOf(head([11, 12, 13], [0, 3, 5]), { ticked: [11, 12] }, 'agg-gem-w')).toEqual([12])
  // the rows are as the head has them, wherever the classes stand
  expect(await classIdsOf(head([13, 12, 11], [5, 0, 3]), { classes: CLASSES.toReversed() })).toEqual([13])

  // it tells taught classes apart, and takes nothing from one that nobody has taught
  const byText = await propose(undefined, {}, 'gem'), [taught] = CLASSES.filter(({ id }) => byText.every(({ named }) => named?.classId !== id))
  expect(taught).toBeDefined()
  expect(await propose(head([taught.id], [50]), {}, 'gem')).toEqual(byText)

  // cell by cell: a class that is far ahead on one cell and far behind on another
  const { features } = await tiny.maps.dense(await openPhoto(photo), 'gem', 'one')
  const here = features.subarray(0, size), there = features.subarray(features.length - size)
  const weights = here.map((value, k) => value - there[k])
  const dot = (cell: Float32Array) => cell.reduce((sum, value, k) => sum + value * weights[k], 0)
  const factor = 10 / (dot(here) - dot(there))
  const apart = { ...head([11, 12, 13], [(-factor * (dot(here) + dot(there))) / 2, 0, 0]), weights: Float32Array.of(...weights.map((value) => factor * value), ...new Float32Array(2 * size)) }
  expect(new Set(await classIdsOf(apart, {}, 'gem'))).toEqual(new Set([11, 13]))
})

test('what a head learnt of classes that may not be proposed is left out, and so are heads where no cosines are', async () => {
  const tiny = await runner('head')
  const head: ScoreHead = { lessons: 9, classIds: [99, 13, 12, 11], weights: new Float32Array(80), bias: Float32Array.of(50, 0, 0, 5) }
  const propose = (method: MethodName, classes: readonly PromptClass[], learnt?: ScoreHead) => proposeWithPack({ ...request(method, { classes }), ...(learnt === undefined ? {} : { head: learnt }) }, tiny).then(({ proposals }) => proposals)
  expect(new Set((await propose('agg-gem', CLASSES, head)).map(({ named }) => named?.classId))).toEqual(new Set([11]))
  const others = CLASSES.slice(2)
  expect(await propose('agg-gem', others, head)).toEqual(await propose('agg-gem', others))
  for (const method of ['maskclip', 'clip-surgery', 'regions'] as const) expect(await propose(method, CLASSES, head), method).toEqual(await propose(method, CLASSES))
})

test('a head on features of another size is refused', async () => {
  const tiny = await runner('head')
  const head: ScoreHead = { lessons: 9, classIds: [11, 12], weights: new Float32Array(2 * 19), bias: new Float32Array(2) }
  const refused = await proposeWithPack({ ...request('gem'), head }, tiny).then(() => null, (error: unknown) => error)
  expect(refused).toBeInstanceOf(EngineError)
  expect(refused).toMatchObject({ code: 'bad-input', message: 'what was learnt is of 19 features, and the pack has 20' })
})

test('kept labels are those of the head that made them', async () => {
  const tiny = await runner('head')
  const steps = await createKeptSteps()(photo, true)
  const head = (bias: number): ScoreHead => ({ lessons: 9, classIds: [11, 12, 13], weights: new Float32Array(60), bias: Float32Array.of(5, bias, 0) })
  for (const [learnt, classId] of [[head(0), 11], [head(9), 12], [head(0), 11]] as const) {
    const { proposals } = await proposeWithPack({ ...request('agg-gem'), head: learnt }, tiny, steps)
    expect(new Set(proposals.map(({ named }) => named?.classId))).toEqual(new Set([classId]))
  }
  expect((await proposeWithPack(request('agg-gem'), tiny, steps)).proposals).toEqual((await proposeWithPack(request('agg-gem'), tiny)).proposals)
})

test('sharpened affinity and windows are made of the networks, and kept like the others', async () => {
  const tiny = await runner('switches')
  expect((await proposeWithPack(request('agg-gem'), tiny)).networkRuns?.vision).toBe(3)
  expect((await proposeWithPack(request('agg-gem', { settings: { affinity: 'sharpened' } }), tiny)).networkRuns?.vision).toBe(1)
  // 160×120 at 24 px: 32×24, two windows
  expect((await proposeWithPack(request('agg-gem', { settings: { windows: true } }), tiny)).networkRuns?.vision).toBe(2)
  for (const settings of [{ affinity: 'sharpened' }, { windows: true }] as const) expect((await proposeWithPack(request('agg-gem', { settings }), tiny)).networkRuns?.vision).toBe(0)
})

test('the affinity of the photo itself asks no diffusion model, and its clusters are not taken for those of the network', async () => {
  const tiny = await runner('own-colours')
  expect((await proposeWithPack(request('agg-gem', { settings: { affinityOf: 'photo' } }), tiny)).networkRuns).toEqual({ text: 1, vision: 1 })
  const opened = await openPhoto(photo)
  const run = (affinityOf: Settings['affinityOf'], shared?: SharedWork) => tiny.run(opened, { method: 'diffseg', profile: 'corrected', settings: { ...DEFAULT_SETTINGS, affinityOf }, classes: [], size: 64 }, shared)
  const shared: SharedWork = new Map()
  for (const affinityOf of ['photo', 'network', 'photo'] as const) expect((await run(affinityOf, shared)).labels, affinityOf).toEqual((await run(affinityOf)).labels)
  const [own, network] = [await run('photo', shared), await run('network', shared)]
  expect(own.grid).toEqual({ width: 64, height: 64 })
  expect(network.grid.width).toBeLessThan(64)
  // discs of one colour on a plain ground: the photo's own affinity parts them
  expect(own.clusterCount).toBeGreaterThan(1)
})

test('a pack of a CLIP alone runs the methods that need an affinity on the photo’s own, unasked; the network’s it refuses', async () => {
  writeTinyPack(packs, { name: 'sees', diffusion: null, defaultMethod: 'gem', defaultSettings: { temperature: 0.1 } })
  const pack = openPack('sees')
  const { manifest: { defaultSettings } } = pack
  expect(defaultSettings).toEqual({ temperature: 0.1, affinityOf: 'photo' })
  const methods = packMethods(packGives(pack.manifest))
  expect(methods).toEqual(['gem', 'gem-w', 'agg-gem', 'agg-gem-w', 'diffseg-clust', 'spec-clust', 'diffseg', 'maskclip', 'clip-surgery', 'grabcut'])
  const sees = await runner('alone', 1e9, 'sees')
  for (const method of methods) {
    const asked = { ...request(method, { ticked: [11, 12], settings: defaultSettings }), pack: 'sees' }
    expect(() => { checkPackRequest(pack, method, asked.settings) }, method).not.toThrow()
    expect((await proposeWithPack(asked, sees)).proposals.length, method).toBeGreaterThan(0)
  }
  expect(() => { checkPackRequest(pack, 'gem', DEFAULT_SETTINGS) }).not.toThrow()
  expect(() => { checkPackRequest(pack, 'agg-gem', DEFAULT_SETTINGS) }).toThrow('the pack sees has no affinity of its own, so the method agg-gem needs the photo\'s: set affinityOf to photo')
  expect(() => { checkPackRequest(pack, 'regions', DEFAULT_SETTINGS) }).toThrow('has no affinity')
})

test('several sizes and their mirror images are six views, kept as one map; a mirrored picture gets the mirrored scores', async () => {
  const tiny = await runner('scales')
  const scales = () => proposeWithPack(request('gem', { settings: { scales: true } }), tiny)
  expect((await scales()).networkRuns?.vision).toBe(6)
  expect((await scales()).networkRuns?.vision).toBe(0)
  // the network alone knows left from right: its positions are no mirror images
  const flopped = join(folder, 'flopped.png'), plain = join(folder, 'plain.png')
  await sharp(photo).png().toFile(plain)
  await sharp(photo).flop().png().toFile(flopped)
  const apart = async (views: 'one' | 'scales') => {
    const left = await tiny.maps.dense(await openPhoto(plain), 'gem', views), right = await tiny.maps.dense(await openPhoto(flopped), 'gem', views)
    let most = 0
    for (let y = 0; y < left.h; y++) for (let x = 0; x < left.w; x++) for (let k = 0; k < left.size; k++) {
      most = Math.max(most, Math.abs(left.features[(y * left.w + x) * left.size + k] - right.features[(y * left.w + left.w - 1 - x) * left.size + k]))
    }
    return most
  }
  expect(await apart('scales')).toBeLessThan(2e-3)
  // a photo of the pack's own side is not squashed: its pixels are the photo's, and stay as they are
  const small = join(folder, 'small.png')
  await sharp(photo).resize(32, 32, { fit: 'fill' }).png().toFile(small)
  const opened = await openPhoto(small)
  const before = Uint8Array.from((await opened.pixels()).rgb)
  const first = await tiny.maps.dense(opened, 'gem', 'scales')
  expect(Uint8Array.from((await opened.pixels()).rgb)).toEqual(before)
  expect((await tiny.maps.dense(await openPhoto(small), 'gem', 'scales')).features).toEqual(first.features)
  expect(await apart('one')).toBeGreaterThan(0.02)
})

test('a method on ticked classes says so where none is ticked, and one with names where there are none', async () => {
  const tiny = await runner()
  const failure = (how: Parameters<typeof request>[1], method: MethodName) => proposeWithPack(request(method, how), tiny).then(() => 'nothing', (error: unknown) => (error instanceof EngineError ? `${error.code}: ${error.message}` : String(error)))
  for (const method of ['gem-w', 'agg-gem-w', 'agg-sd'] as const) expect(await failure({}, method)).toContain('bad-input: the method')
  expect(await failure({ classes: [] }, 'gem')).toContain('there is no class; add one')
})

test('a damaged file of the cache is not believed: the network runs again and writes it anew', async () => {
  const first = await runner('damaged')
  const fine = await proposeWithPack(request('gem'), first)
  const files = readdirSync(join(folder, 'damaged')).map((name) => join(folder, 'damaged', name))
  expect(files.length).toBeGreaterThan(1)
  for (const [i, file] of files.entries()) {
    const bytes = readFileSync(file)
    if (i % 2 === 0) bytes[bytes.length - 3] ^= 0x55
    writeFileSync(file, i % 2 === 0 ? bytes : bytes.subarray(0, bytes.length >> 1))
  }
  const again = await proposeWithPack(request('gem'), await runner('damaged'))
  expect(again.networkRuns).toEqual({ text: 1, vision: 1 })
  expect(again.proposals).toEqual(fine.proposals)
  expect((await proposeWithPack(request('gem'), await runner('damaged'))).networkRuns).toEqual({ text: 0, vision: 0 })
})

test('a changed picture is another picture', async () => {
  const tiny = await runner('changed')
  await proposeWithPack(request('gem'), tiny)
  utimesSync(photo, new Date(), new Date(2020, 1, 1))
  expect((await proposeWithPack(request('gem'), tiny)).networkRuns).toEqual({ text: 0, vision: 1 })
})

test('what masks look like is a row of length 1 and traits, and nothing for an empty mask', async () => {
  const tiny = await runner()
  const { proposals } = await proposeWithPack(request('regions'), tiny)
  const { vectors } = await teachWithPack({ path: photo, pack: 'tiny', masks: [proposals[0].mask, { x: 0, y: 0, width: 0, height: 0, runs: new Uint8Array(0) }] }, tiny)
  expect(vectors[0]).toEqual(proposals[0].vector)
  expect(Math.hypot(...vectors[0].subarray(0, -REGION_TRAITS))).toBeCloseTo(1, 5)
  expect(vectors[1]).toHaveLength(0)
})

test('a device that fails gives way to the next, with its reason; what it was asked is answered', async () => {
  const absent = process.platform === 'darwin' ? 'dml' : 'coreml'
  const made = await createPackRunner(openPack('tiny'), { threads: 1, devices: [absent, 'cpu'], precision: 'auto', int8Folder: join(folder, 'int8'), cache: openMapsCache(join(folder, 'falls'), 0), products })
  open.push(made)
  const answer = await proposeWithPack(request('agg-gem'), made)
  expect(answer.device).toBe('cpu')
  expect(answer.notTaken?.map(({ device }) => device)).toEqual([absent])
  expect(answer.notTaken?.[0].reason).toContain(`on ${absent}`)
  expect(answer.proposals.length).toBeGreaterThan(0)
  const last = await createPackRunner(openPack('tiny'), { threads: 1, devices: [absent], precision: 'auto', int8Folder: join(folder, 'int8'), cache: openMapsCache(join(folder, 'falls'), 0), products })
  open.push(last)
  await expect(proposeWithPack(request('gem'), last)).rejects.toThrow(`on ${absent}`)
})

test('8-bit CLIP says nearly what CLIP says, and neither is taken for the other', async () => {
  const [float, int8] = await Promise.all((['float32', 'int8'] as const).map((precision) =>
    createPackRunner(openPack('tiny'), { threads: 1, devices: ['cpu'], precision, int8Folder: join(folder, 'int8'), cache: openMapsCache(join(folder, 'precisions'), 1e9), products })))
  open.push(float, int8)
  const exact = await float.maps.dense(await openPhoto(photo), 'gem', 'one')
  const near = await int8.maps.dense(await openPhoto(photo), 'gem', 'one')
  expect([float.runs().clip, int8.runs().clip]).toEqual([1, 1])
  const cosines = Array.from({ length: exact.h * exact.w }, (_, cell) => exact.features.subarray(cell * exact.size, (cell + 1) * exact.size).reduce((sum, value, k) => sum + value * near.features[cell * exact.size + k], 0))
  expect(near.features).not.toEqual(exact.features)
  expect(Math.min(...cosines)).toBeGreaterThan(0.99)
  expect(readdirSync(join(folder, 'int8'))).toHaveLength(1)
})

test('a memory bank holds regions of every picture that can be read, and mixes what other pictures say into the scores', async () => {
  const other = join(folder, 'other.jpg')
  await paintPhoto(other, 160, 120, [{ x: 100, y: 70, radius: 30, colour: '#20a040' }])
  const tiny = await runner('bank')
  const paths = [photo, other, join(folder, 'gone.jpg')]
  const told: number[] = []
  const bank = await collectRegionBank(tiny.maps, paths.length, (place) => openPhoto(paths[place]), 'one', (done) => { told.push(done) })
  expect(told).toEqual([1, 2, 3])
  expect(new Set(bank.pictures)).toEqual(new Set([0, 1]))
  for (const [rows, size] of [[bank.keys, bank.keySize], [bank.values, bank.valueSize]] as const) {
    expect(rows).toHaveLength(bank.pictures.length * size)
    for (let region = 0; region < bank.pictures.length; region++) expect(Math.hypot(...rows.subarray(region * size, (region + 1) * size))).toBeCloseTo(1, 5)
  }
  const opened = await openPhoto(photo)
  const scores = async (regions?: RegionBank) => (await tiny.run(opened, {
    method: 'gem', profile: 'corrected', settings: { ...DEFAULT_SETTINGS, temperature: 0.5 }, classes: CLASSES, size: 16, ...(regions === undefined ? {} : { bank: { regions, picture: 0 } }),
  })).channels?.p
  const plain = await scores()
  const own = bank.pictures.indexOf(1)
  expect(await scores({ ...bank, keys: bank.keys.slice(0, own * bank.keySize), values: bank.values.slice(0, own * bank.valueSize), pictures: bank.pictures.slice(0, own) })).toEqual(plain)
  expect(await scores(bank)).not.toEqual(plain)
  const failing = { ...tiny.maps, dense: () => Promise.reject(new EngineError('unavailable', 'the device is gone')) }
  await expect(collectRegionBank(failing, paths.length, (place) => openPhoto(paths[place]), 'one', () => undefined)).rejects.toThrow('the device is gone')
})

test('clusters kept of a photo are used for the checkpoints and the precision they were made with, and give what computing them anew gives', async () => {
  const tiny = await runner('kept')
  const steps = await createKeptSteps()(photo, true)
  const given: unknown[] = []
  const watched = (key: string): PackRunner => ({ ...tiny, key, run: (opened, asked, shared) => { given.push(shared); return tiny.run(opened, asked, shared) } })
  for (const [key, temperature] of [['float32', 0.01], ['float16', 0.01], ['float32', 0.02]] as const) await proposeWithPack(request('spec-clust', { settings: { temperature } }), watched(key), steps)
  expect(given[0]).toBeInstanceOf(Map)
  expect([given[1] === given[0], given[2] === given[0]]).toEqual([false, true])
  // of labels that are there only the regions are made again, and as if they were made anew
  const larger = request('spec-clust', { settings: { minAreaPx2: 400 } })
  expect((await proposeWithPack(larger, watched('float32'), steps)).proposals).toEqual((await proposeWithPack(larger, tiny)).proposals)
  expect(given).toHaveLength(3)
  for (const clusterCount of [5, 20, 7]) {
    const asked = request('regions', { settings: { clusterCount } })
    expect((await proposeWithPack(asked, tiny, steps)).proposals).toEqual((await proposeWithPack(asked, tiny)).proposals)
  }
})
