import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { METHODS } from '../../main/contract/methods.ts'
import { createOnnxProducts } from '../../main/inference/onnx-products.ts'
import type { Products } from '../../main/products/products.ts'
import { aggregate } from '../../main/segment/aggregation.ts'
import { DIFFSEG_DEFAULTS, diffSegMaps, labelsOfMaps } from '../../main/segment/diffseg.ts'
import { guidedLabels } from '../../main/segment/guided-upsampling.ts'
import { photoGuide } from '../../main/segment/photo-guide.ts'
import { runMethod, type SharedWork } from '../../main/segment/run-method.ts'
import { seededRandom } from '../../main/segment/seeded-random.ts'
import { spectralClusters, spectralEmbedding } from '../../main/segment/spectral.ts'
import { atMost, type BenchResult, type Figure } from './figures.ts'

const SIDE = 64
const N = SIDE * SIDE
const CLASSES = 171
const THREADS = 2
const SIZE = 320
const REFERENCE = join(dirname(fileURLToPath(import.meta.url)), '..', 'reference')

/** Row-stochastic, strictly positive affinity with `regions` Voronoi regions and noise: what a self-attention map looks like. */
function structuredAffinity(regions: number, seed: number): Float32Array {
  const random = seededRandom(seed)
  const centres = Array.from({ length: regions }, () => [random() * SIDE, random() * SIDE])
  const region = Int32Array.from({ length: N }, (_, i) => {
    const distances = centres.map(([y, x]) => (Math.floor(i / SIDE) - y) ** 2 + ((i % SIDE) - x) ** 2)
    return distances.indexOf(Math.min(...distances))
  })
  const affinity = new Float32Array(N * N)
  for (let i = 0; i < N; i++) {
    let sum = 0
    for (let j = 0, at = i * N; j < N; j++, at++) {
      const distance = Math.hypot(Math.floor(i / SIDE) - Math.floor(j / SIDE), (i % SIDE) - (j % SIDE))
      sum += (affinity[at] = Math.exp((region[i] === region[j] ? 6 : 0) - distance / 6 + random()))
    }
    for (let j = 0, at = i * N; j < N; j++, at++) affinity[at] /= sum
  }
  return affinity
}

/** Row-stochastic f32[N, N] without any structure: its singular values lie side by side, which is the hardest case for an iteration. */
function noiseAffinity(seed: number): Float32Array {
  const random = seededRandom(seed)
  const affinity = Float32Array.from({ length: N * N }, () => random())
  for (let i = 0; i < N; i++) {
    const row = affinity.subarray(i * N, (i + 1) * N)
    const sum = row.reduce((total, value) => total + value, 0)
    for (let j = 0; j < N; j++) row[j] /= sum
  }
  return affinity
}

/** Best of some runs, on both sides: other programs on the machine only ever add time. */
async function seconds(work: () => Promise<unknown>, repeats: number): Promise<number> {
  const times: number[] = []
  for (let r = 0; r < repeats; r++) {
    const start = performance.now()
    await work()
    times.push((performance.now() - start) / 1000)
  }
  return Math.min(...times)
}

/** Seconds of the published formulations in the same run; null, with the reason on stderr, where Python or torch is missing. */
function published(affinity: Float32Array, scores: Float32Array): { seconds: Record<string, number>; labels: Uint16Array } | null {
  const python = process.env.MASKWRIGHT_PYTHON ?? 'python3'
  const probe = spawnSync(python, ['-c', 'import torch, numpy, sklearn'], { encoding: 'utf8' })
  if (probe.status !== 0) {
    process.stderr.write(`the published formulation was not timed: ${python} cannot import torch, numpy and sklearn (set MASKWRIGHT_PYTHON)\n`)
    return null
  }
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-bench-'))
  try {
    const paths = ['affinity.f32', 'scores.f32', 'labels.u16'].map((name) => join(folder, name))
    writeFileSync(paths[0], new Uint8Array(affinity.buffer))
    writeFileSync(paths[1], new Uint8Array(scores.buffer))
    const run = spawnSync(python, [join(REFERENCE, 'bench_published.py'), paths[0], paths[1], String(CLASSES), paths[2]], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    if (run.status !== 0) {
      process.stderr.write('the published formulation failed; its ratios are left out\n')
      return null
    }
    const labels = new Uint16Array(Uint8Array.from(readFileSync(paths[2])).buffer)
    return { seconds: JSON.parse(run.stdout) as Record<string, number>, labels }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Peak of array and heap memory around each product of `work`, the affinity itself included, in affinities. */
async function peakAffinities(work: (products: Products) => Promise<unknown>, products: Products): Promise<number> {
  globalThis.gc?.()
  const used = (): number => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
  const before = used()
  let peak = before
  const watch = async <T>(product: () => Promise<T>): Promise<T> => {
    peak = Math.max(peak, used())
    const result = await product()
    peak = Math.max(peak, used())
    return result
  }
  await work({
    multiply: (...all) => watch(() => products.multiply(...all)),
    multiplyTransposed: (...all) => watch(() => products.multiplyTransposed(...all)),
    transposedMultiply: (...all) => watch(() => products.transposedMultiply(...all)),
    hold: async (...all) => {
      const held = await products.hold(...all)
      return { times: (...b) => watch(() => held.times(...b)), transposedTimes: (...b) => watch(() => held.transposedTimes(...b)), release: () => held.release() }
    },
  })
  return 1 + (Math.max(peak, used()) - before) / (N * N * 4)
}

const faster = (own: number, reference: number | undefined, least: number): Figure => ({
  value: own,
  unit: 's',
  target: `≥ ${least}× faster than the published formulation in PyTorch`,
  holds: reference === undefined ? null : reference / own >= least,
  ...(reference === undefined ? {} : { reference, ratio: reference / own }),
})

/** The segment stage at n = 4096 with 2 threads, against the published formulation in PyTorch and numpy's product. */
export async function run(): Promise<BenchResult> {
  const products = createOnnxProducts(THREADS)
  const affinity = structuredAffinity(20, 3)
  const random = seededRandom(8)
  const scores = Float32Array.from({ length: N * CLASSES }, () => random())
  // every region of the picture leans to a class of its own, as cosines of a real photo do
  const leaning = (y: number, x: number): number => (Math.floor((y * 4) / 28) * 4 + Math.floor((x * 4) / 28)) * 10
  const cosine = {
    values: Float32Array.from({ length: 28 * 28 * CLASSES }, (_, i) => 0.15 + 0.05 * random() + (i % CLASSES === leaning(Math.floor(i / CLASSES / 28), Math.floor(i / CLASSES) % 28) ? 0.06 : 0)),
    height: 28,
    width: 28,
  }
  const photo = new Uint8Array(640 * 480 * 3).map((_, i) => {
    const pixel = Math.floor(i / 3)
    return ((Math.floor(pixel / 640 / 120) * 4 + Math.floor((pixel % 640) / 160)) * (29 + 31 * (i % 3))) % 220 + 30 * random()
  })
  const regions = { labels: Uint16Array.from({ length: SIZE * SIZE }, (_, i) => Math.floor(i / SIZE / 80) * 4 + Math.floor((i % SIZE) / 80)), width: SIZE, height: SIZE }

  await aggregate(affinity, scores, N, CLASSES, products)
  const aggregation = await seconds(() => aggregate(affinity, scores, N, CLASSES, products), 15)
  const diffseg = (by: Products = products): Promise<{ labels: Uint16Array }> => diffSegMaps(affinity, SIDE, SIDE, { ...DIFFSEG_DEFAULTS, profile: 'reference' }, by).then((maps) => labelsOfMaps(maps, SIDE, SIDE, SIZE, SIZE))
  const { labels } = await diffseg()
  const diffsegSeconds = await seconds(() => diffseg(), 3)
  const spectral = (by: Products = products): Promise<{ residual: number }> => spectralClusters(affinity, N, { clusterCount: 20, profile: 'reference' }, by)
  const { residual } = await spectral()
  const spectralSeconds = await seconds(() => spectral(), 3)

  const noise = noiseAffinity(5)
  const noiseStart = performance.now()
  const { residual: noiseResidual } = await spectralEmbedding(noise, N, 20, 123, products)
  const noiseSeconds = (performance.now() - noiseStart) / 1000

  const shared: SharedWork = new Map()
  const all = ['gem', 'gem-w', 'agg-gem', 'agg-gem-w', 'diffseg-clust', 'spec-clust', 'gt-clust', 'diffseg', 'regions', 'grabcut'] as const
  const allStart = performance.now()
  const each: Record<string, number> = {}
  for (const method of all) {
    const start = performance.now()
    await runMethod({ method, onlyTicked: METHODS[method].ticked, affinity, cosine, ...(method === 'grabcut' ? { photo: { rgb: photo, width: 640, height: 480 } } : {}), regions, classCount: CLASSES, grid: { width: SIDE, height: SIDE }, size: SIZE, ticked: [1, 5, 9], profile: 'reference' }, products, shared)
    each[method] = Math.round(performance.now() - start)
  }
  const allSeconds = (performance.now() - allStart) / 1000
  process.stderr.write(`ms per method (clusters shared): ${JSON.stringify(each)}\n`)
  const peaks: Record<string, number> = {
    diffseg: await peakAffinities(diffseg, products),
    spectral: await peakAffinities(spectral, products),
    aggregation: await peakAffinities((by) => aggregate(affinity, scores, N, CLASSES, by), products),
  }
  process.stderr.write(`peak memory in affinities: ${JSON.stringify(peaks)}\n`)
  const memory = Math.max(...Object.values(peaks))

  const planes = new Float32Array(20 * N)
  for (let i = 0; i < N; i++) planes[(Math.floor(i / SIDE / 16) * 5 + Math.floor((i % SIDE) / 13)) * N + i] = 1
  const guided = await seconds(async () => guidedLabels(planes, 20, photoGuide(photo, 640, 480, SIDE, SIDE)), 5)

  const reference = published(affinity, scores)
  const times = reference?.seconds
  const same = reference === null ? null : reference.labels.reduce((sum, label, i) => sum + (label === labels[i] ? 1 : 0), 0) / labels.length
  return {
    figures: {
      diffseg: faster(diffsegSeconds, times?.diffseg, 30),
      spectral: faster(spectralSeconds, times?.spectral, 15),
      aggregation171: {
        value: aggregation, unit: 's', target: '≤ 1.1× numpy’s product', holds: times === undefined ? null : aggregation <= 1.1 * times.aggregationNumpy,
        ...(times === undefined ? {} : { reference: times.aggregationNumpy, ratio: aggregation / times.aggregationNumpy }),
      },
      allNamedMethods: atMost(allSeconds, 3, 's'),
      peakMemory: atMost(memory, 3, 'affinities'),
      spectralResidual: atMost(residual, 1e-5, 'σ₁'),
      spectralResidualOfNoise: atMost(noiseResidual, 1e-5, 'σ₁'),
      spectralSecondsOfNoise: { value: noiseSeconds, unit: 's', target: 'said', holds: null },
      diffsegAgreement: { value: same, unit: 'share of pixels', target: '≥ 0.999 equal to PyTorch', holds: same === null ? null : same >= 0.999 },
      guided640x480: atMost(guided, 0.6, 's'),
    },
  }
}
