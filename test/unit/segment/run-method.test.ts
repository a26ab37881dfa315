import { describe, expect, test } from 'vitest'
import { METHODS, type MethodName } from '../../../main/contract/methods.ts'
import { aggregate } from '../../../main/segment/aggregation.ts'
import { runMethod, type MethodInput, type MethodResult, type SharedWork } from '../../../main/segment/run-method.ts'
import { NO_CLASS } from '../../../main/segment/score-maps.ts'
import { readFixture } from '../../reference/read-fixture.ts'
import { naiveProducts } from './naive-products.ts'

const fixture = readFixture('methods')
const [H, W, C, SIZE] = fixture.get('shape', Int32Array).values
const N = H * W
const affinity = fixture.get('affinity', Float32Array).values
const cosine = { values: fixture.get('cosine', Float32Array).values, height: 7, width: 6 }
const regions = { labels: Uint16Array.from(fixture.get('regions', Uint8Array).values), width: SIZE, height: SIZE }
const photo = { rgb: new Uint8Array(SIZE * SIZE * 3).map((_, i) => (i * 31) % 200), width: SIZE, height: SIZE }
const base = { affinity, cosine, regions, grid: { height: H, width: W }, classCount: C, size: SIZE, ticked: [1, 3] } satisfies Partial<MethodInput>
const VOC = { temperature: 0.1, background: 'report' } as const
/** over the ticked classes alone where the table of methods says so */
const run = (method: string, more: Partial<MethodInput> = {}): Promise<MethodResult> => runMethod({ ...base, onlyTicked: Object.hasOwn(METHODS, method) && METHODS[method as MethodName].ticked, ...more, method }, naiveProducts)
const agreement = (labels: Uint16Array, expected: Uint8Array | Uint16Array): number => labels.reduce((same, label, i) => same + (label === expected[i] ? 1 : 0), 0) / labels.length
/** the fixture counts the background as 0 and classes from 1 */
const withBackgroundFirst = (labels: Uint16Array): Uint16Array => labels.map((label) => (label === NO_CLASS ? 0 : label + 1))

describe('named methods against torch, reference profile', () => {
  const rows = [['gem', 'Gem'], ['gem-w', 'GemW'], ['agg-gem', 'AggGem'], ['agg-gem-w', 'AggGemW'], ['gt-clust', 'GtClust'], ['diffseg-clust', 'DiffSegClust']]
  test.each(rows)('%s: ≥ 99.9 % equal labels without background, temperature 0.01', async (method, key) => {
    const { labels } = await run(method, { profile: 'reference' })
    expect(agreement(labels, fixture.get(`plain${key}`, Uint8Array).values)).toBeGreaterThanOrEqual(0.999)
  })
  test.each(rows)('%s: ≥ 99.9 % equal labels with the report’s background, temperature 0.1', async (method, key) => {
    const { labels } = await run(method, { profile: 'reference', settings: VOC })
    expect(agreement(withBackgroundFirst(labels), fixture.get(`voc${key}`, Uint8Array).values)).toBeGreaterThanOrEqual(0.999)
  })
})

test('aggregation is within 1e-6 relative of torch', async () => {
  const p = new Float32Array(N * 3).map((_, i) => ((i * 7919) % 101) / 101)
  const out = await aggregate(affinity, p, N, 3, naiveProducts)
  for (let i = 0; i < N; i += 17) {
    for (let c = 0; c < 3; c++) {
      let top = 0
      let sum = 0
      for (let j = 0; j < N; j++) {
        top += affinity[j * N + i] * p[j * 3 + c]
        sum += affinity[j * N + i]
      }
      expect(Math.abs(out[i * 3 + c] - top / sum)).toBeLessThanOrEqual(1e-6 * (top / sum))
    }
  }
})

describe('the corrected profile', () => {
  test('ticked classes are restricted before the softmax, in gem-w and agg-gem-w alike (D11)', async () => {
    for (const method of ['gem-w', 'agg-gem-w']) {
      const { labels } = await run(method, { settings: VOC })
      expect(labels.every((label) => label === 1 || label === 3 || label === NO_CLASS)).toBe(true)
      const alone = await run(method, { settings: VOC, ticked: [2] })
      expect([...new Set(alone.labels)]).toEqual([2])
    }
  })

  test('over ticked classes alone, gem is gem-w, agg-gem agg-gem-w, and clusters get the names of no other', async () => {
    for (const method of ['gem', 'agg-gem']) expect((await run(method, { settings: VOC, onlyTicked: true })).labels, method).toEqual((await run(`${method}-w`, { settings: VOC })).labels)
    // what is said counts, not what the method is called
    expect((await run('gem-w', { onlyTicked: false })).labels).toEqual((await run('gem')).labels)
    for (const method of ['gt-clust', 'diffseg-clust', 'spec-clust']) {
      const named = async (onlyTicked: boolean) => new Set((await run(method, { onlyTicked, ticked: [2] })).labels)
      expect([...await named(true)].filter((label) => label !== NO_CLASS), method).toEqual([2])
      expect((await named(false)).size, method).toBeGreaterThan(1)
    }
  })

  test('every runnable method gives a class or cluster to every pixel, with and without a photo', async () => {
    for (const method of ['gem', 'gem-w', 'agg-gem', 'agg-gem-w', 'diffseg-clust', 'spec-clust', 'gt-clust', 'diffseg', 'regions', 'grabcut']) {
      for (const edgeSnap of method === 'gem' ? (['none', 'guided', 'pamr', 'guided+cut'] as const) : (['none', 'guided'] as const)) {
        const { labels, classCount, clusterCount, timings } = await run(method, { photo, settings: { edgeSnap, clusterCount: 6 } })
        expect(labels.length).toBe(SIZE * SIZE)
        const limit = classCount > 0 ? classCount : (clusterCount ?? 0)
        expect(labels.every((label) => label < limit)).toBe(true)
        expect(Object.values(timings).every((ms) => ms >= 0)).toBe(true)
      }
    }
  })

  test('sharpened and walk refine too, presence drops classes, and all dropped is no class anywhere', async () => {
    for (const kind of ['sharpened', 'walk'] as const) expect(new Set((await run('agg-gem', { settings: { affinity: kind } })).labels).size).toBeGreaterThan(1)
    const classesAt = async (presenceThreshold: number): Promise<Set<number>> => new Set((await run('agg-gem', { settings: { presenceThreshold } })).labels)
    const sets = await Promise.all([0, 0.6, 0.7, 0.8, 0.9, 1].map(classesAt))
    const sizes = sets.map((set) => [...set].filter((label) => label !== NO_CLASS).length)
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
    expect([sizes[0], sizes[5]]).toEqual([C, 0])
    const scores = new Float32Array(N * C).fill(0.2)
    const { cosine: _, ...onlyScores } = base
    const none = await runMethod({ ...onlyScores, scores, method: 'agg-gem', settings: { presenceThreshold: 0.9 } }, naiveProducts)
    expect([...new Set(none.labels)]).toEqual([NO_CLASS])
  })

  test('the sos and stuff-floor backgrounds take what they should', async () => {
    const sos = await run('agg-gem', { sos: new Float32Array(N).fill(2), settings: { background: 'sos' } })
    expect([...new Set(sos.labels)]).toEqual([NO_CLASS])
    const stuff = await run('gem', { stuff: { values: new Float32Array(42 * 2).fill(0.9), count: 2 }, settings: { background: 'stuff-floor' } })
    expect([...new Set(stuff.labels)]).toEqual([NO_CLASS])
    const floor = await run('gem', { settings: { background: 'stuff-floor', temperature: 1000 }, classCount: C })
    expect(floor.labels.every((label) => label < C)).toBe(true)
  })
})

describe('bad and degenerate input', () => {
  const { cosine: _, ...plain } = base
  const single = { grid: { height: 1, width: 1 }, affinity: Float32Array.of(1), classCount: 1, size: 4, scores: Float32Array.of(0.3) }

  test('one cell and one class, all-equal scores, one-hot rows and zero columns have defined answers', async () => {
    for (const method of ['gem', 'agg-gem', 'diffseg-clust', 'spec-clust', 'diffseg', 'regions']) {
      expect([...new Set((await runMethod({ ...single, method }, naiveProducts)).labels)]).toEqual([0])
    }
    const equal = await runMethod({ ...plain, method: 'agg-gem', scores: new Float32Array(N * C).fill(0.25) }, naiveProducts)
    expect(equal.labels.every((label) => label < C)).toBe(true)
    const sink = new Float32Array(N * N)
    for (let i = 0; i < N; i++) sink[i * N] = 1
    const scores = new Float32Array(N * C).map((_, i) => (i % C === 2 ? 1 : 0))
    for (const method of ['agg-gem', 'diffseg-clust', 'spec-clust']) {
      const { labels } = await runMethod({ ...plain, affinity: sink, scores, method }, naiveProducts)
      expect([...new Set(labels)]).toEqual([2])
    }
  })

  test('what is missing or wrong is named', async () => {
    const { affinity: _a, ...noAffinity } = base
    await expect(runMethod({ ...noAffinity, method: 'agg-gem' }, naiveProducts)).rejects.toThrow('needs an affinity')
    await expect(runMethod({ ...plain, method: 'gem' }, naiveProducts)).rejects.toThrow('needs scores')
    await expect(run('gem', { scores: new Float32Array(N * C) })).rejects.toThrow('not both')
    await expect(run('gem-w', { ticked: [] })).rejects.toThrow('tick at least one class')
    await expect(run('gem-w', { ticked: [9] })).rejects.toThrow('ticked class 9 does not exist')
    await expect(run('gem', { settings: { background: 'sos' } })).rejects.toThrow('[SOS]')
    await expect(runMethod({ ...plain, scores: new Float32Array(N * C).fill(NaN), method: 'gem' }, naiveProducts)).rejects.toThrow('cell 0 for class 0 is NaN')
    await expect(run('agg-gem', { affinity: affinity.map((value) => value * 2) })).rejects.toThrow('sums to 2, not to 1')
    await expect(run('nothing')).rejects.toThrow('there is no method nothing; it is one of gem, gem-w')
    for (const method of ['agg-sd', 'maskclip', 'clip-surgery']) await expect(run(method)).rejects.toThrow('needs a pack')
    await expect(run('grabcut')).rejects.toThrow('needs the photo')
  })
})

test('as published on Cityscapes, agg-gem-w can divide each class by its sum first, in the reference profile alone', async () => {
  const input = { method: 'agg-gem-w', grid: { height: 1, width: 2 }, size: { width: 2, height: 1 }, classCount: 2, ticked: [0, 1], affinity: Float32Array.of(1, 0, 0, 1), scores: Float32Array.of(0.6, 0.4, 0.9, 0.1) }
  const labels = async (profile: 'reference' | 'corrected', normalised: boolean) => [...(await runMethod({ ...input, profile, normaliseColumns: normalised }, naiveProducts)).labels]
  expect(await labels('reference', false)).toEqual([0, 0])
  expect(await labels('reference', true)).toEqual([1, 0]) // columns sum to 1.5 and 0.5
  expect(await labels('corrected', true)).toEqual([0, 0])
})

test('agg-sd divides each class map by its sum before it is refined, and [SOS] is the background where a rule asks for one', async () => {
  // cells 0, 1 | 2, 3 belong together; class 1 is loud everywhere, class 0 stands out on the left
  const affinity = Float32Array.from([0.5, 0.5, 0, 0, 0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5, 0, 0, 0.5, 0.5])
  const values = Float32Array.from([
    0.1, 0.2, 0.6,
    0.1, 0.3, 0.6,
    0.9, 0.1, 0.6,
    0.9, 0.1, 0.7,
  ])
  const without = { method: 'agg-sd', grid: { width: 2, height: 2 }, size: 2, affinity, classCount: 5 }
  const input = { ...without, classMaps: { values, classes: [4, 1] } }
  const run = async (background: 'none' | 'report' | 'sos') => runMethod({ ...input, settings: { background } }, naiveProducts)
  expect([...(await run('none')).labels]).toEqual([4, 4, 1, 1])
  // stretched to [0, 1] each: [SOS] and class 1 are both 1 on the right, and the background comes first
  for (const rule of ['sos', 'report'] as const) expect([...(await run(rule)).labels]).toEqual([4, 4, NO_CLASS, NO_CLASS])
  await expect(runMethod(without, naiveProducts)).rejects.toThrow('method agg-sd needs a pack')
  await expect(runMethod({ ...input, classMaps: { values, classes: [5, 1] } }, naiveProducts)).rejects.toThrow('a class map is of class 5')
})

test('a method that does more than take the largest score says what that would have been', async () => {
  const [gem, refined, clusters] = [await run('gem'), await run('agg-gem'), await run('diffseg-clust')]
  expect(gem.plain).toBeUndefined()
  expect(refined.plain).toHaveLength(N)
  expect(clusters.plain).toEqual(refined.plain)
  // the cells' own size: nothing is resampled after the scores
  const cells = await run('gem', { size: { width: W, height: H } })
  expect([...cells.labels]).toEqual([...refined.plain ?? []])
})

test('shared work that failed is done again, and of each kind the latest are kept', async () => {
  const shared: SharedWork = new Map()
  const regionsOf = (clusterCount: number, products = naiveProducts) => runMethod({ ...base, method: 'regions', settings: { clusterCount } }, products, shared)
  const failing = new Proxy(naiveProducts, { get: () => () => Promise.reject(new Error('the device is gone')) })
  await expect(regionsOf(3, failing)).rejects.toThrow('the device is gone')
  const once = await regionsOf(3)
  expect(once.labels).toEqual((await run('regions', { settings: { clusterCount: 3 } })).labels)
  for (let clusterCount = 2; clusterCount < 20; clusterCount++) await regionsOf(clusterCount)
  expect(shared.size).toBeLessThan(12)
})
