import { EngineError, type ErrorCode } from '../contract/errors.ts'
import type { RegionBank } from '../memory/region-bank.ts'
import { kMeans, kMeansPlusPlus, type KMeansRule } from '../segment/k-means.ts'
import { seededRandom } from '../segment/seeded-random.ts'
import type { DenseKind, PackMaps, Views } from './pack-maps.ts'
import type { Photo } from './photo.ts'

/** What is compared to find alike regions; of the four kinds the one that costs the demo pack least (docs/demo.md). */
export const KEY_FEATURES: DenseKind = 'gem'
/** Regions of a picture, as many as spectral clusters by default. */
const REGIONS = 20
/** A few steps divide a picture well enough; the last ones move single cells. */
const RULE: KMeansRule = { kind: 'scikit-learn', maxIterations: 20, tolerance: 1e-4 }
const SEED = 123
/** More would take seconds a picture to compare; of a larger data set every so many-th picture is taken. */
const PICTURES_MAX = 2500
/** Of a picture alone; any other failure, such as a network's, would leave a bank that says less than it seems to. */
const UNREADABLE: readonly ErrorCode[] = ['bad-file', 'not-found', 'no-permission']

/**
 * The memory bank of a data set's own pictures, without any label: of each the clusters of its key features, with the mean
 * key and the mean GEM feature of every cluster. Costs a run of the image tower a picture, kept on disk like all maps.
 * @param count     pictures of the data set
 * @param photoOf   opens one; a picture that can't be read is left out
 * @param onPicture told after each
 * @throws what the networks throw
 */
export async function collectRegionBank(maps: PackMaps, count: number, photoOf: (place: number) => Promise<Photo>, views: Views, onPicture: (done: number, total: number) => void): Promise<RegionBank> {
  const step = Math.ceil(count / PICTURES_MAX)
  const total = Math.ceil(count / step)
  const keys: Float32Array[] = [], values: Float32Array[] = [], pictures: number[] = []
  let keySize = 0, valueSize = 0
  for (let at = 0; at < total; at++) {
    const place = at * step
    const found = await regionsOf(maps, photoOf, place, views).catch((error: unknown) => {
      if (error instanceof EngineError && UNREADABLE.includes(error.code)) return null
      throw error
    })
    if (found !== null) {
      keys.push(found.keys)
      values.push(found.values)
      keySize = found.keySize
      valueSize = found.valueSize
      for (let region = 0; region < found.count; region++) pictures.push(place)
    }
    onPicture(at + 1, total)
  }
  return { keys: joined(keys), keySize, values: joined(values), valueSize, pictures: Int32Array.from(pictures) }
}

async function regionsOf(maps: PackMaps, photoOf: (place: number) => Promise<Photo>, place: number, views: Views) {
  const photo = await photoOf(place)
  const look = await maps.dense(photo, KEY_FEATURES, views)
  const meaning = await maps.dense(photo, 'gem', views)
  const n = look.h * look.w
  const points = Float64Array.from(look.features)
  const k = Math.min(REGIONS, n)
  const { labels } = kMeans(points, n, look.size, kMeansPlusPlus(points, n, look.size, k, seededRandom(SEED)), k, RULE)
  const used = [...new Set(labels)].sort((a, b) => a - b)
  return {
    count: used.length, keySize: look.size, valueSize: meaning.size,
    keys: meanRows(look.features, look.size, labels, used), values: meanRows(meaning.features, meaning.size, labels, used),
  }
}

/** f32[used.length, size]: mean of the rows of each label, of length 1. O(n · size) */
function meanRows(rows: Float32Array, size: number, labels: Int32Array, used: readonly number[]): Float32Array {
  const place = new Map(used.map((label, at) => [label, at]))
  const sums = new Float64Array(used.length * size)
  for (const [row, label] of labels.entries()) {
    const to = (place.get(label) ?? 0) * size
    for (let k = 0; k < size; k++) sums[to + k] += rows[row * size + k]
  }
  const means = new Float32Array(sums.length)
  for (let region = 0; region < used.length; region++) {
    const one = sums.subarray(region * size, (region + 1) * size)
    const length = Math.hypot(...one)
    if (length > 0) means.set(one.map((value) => value / length), region * size)
  }
  return means
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
