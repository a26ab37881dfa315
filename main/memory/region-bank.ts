import type { Products } from '../products/products.ts'

/** Regions of a data set's own, unlabelled pictures: what each looks like, and what CLIP makes of it (METHODS §2.7). */
export interface RegionBank {
  /** f32[m, keySize], rows of length 1: mean vision feature of each region */
  readonly keys: Float32Array
  readonly keySize: number
  /** f32[m, valueSize], rows of length 1: mean CLIP feature of each region */
  readonly values: Float32Array
  readonly valueSize: number
  /** i32[m]: number of the picture each region is of */
  readonly pictures: Int32Array
}

/** Regions whose values are averaged. */
export const BANK_NEIGHBOURS = 20
/** Share of a cell's own feature; the rest is the bank's. */
const OWN_SHARE = 0.5

/**
 * Each cell's CLIP feature mixed with the mean value of the regions whose keys are nearest to the cell's by cosine:
 * ½ own + ½ mean of 20 (METHODS §2.7). Cosines with class names are linear, so the scores are mixed alike. Regions of the
 * picture itself do not count: the nearest would be the cell's own. O(n · m · keySize).
 * @param own   f32[n, bank.valueSize], rows of length 1
 * @param keys  f32[n, bank.keySize], rows of length 1, of the same cells
 * @param picture  number of the picture in the bank; one that is none of its pictures leaves nothing out
 * @returns f32[n, bank.valueSize]; `own` where the bank has no other picture
 */
export async function mixWithBank(own: Float32Array, keys: Float32Array, n: number, bank: RegionBank, picture: number, products: Products): Promise<Float32Array> {
  const { valueSize, keySize, values, pictures } = bank
  const m = pictures.length
  const others = pictures.reduce((count, one) => count + (one === picture ? 0 : 1), 0)
  const mixed = own.slice()
  if (others === 0) return mixed
  const near = Math.min(BANK_NEIGHBOURS, others)
  const cosines = await products.multiplyTransposed(keys, bank.keys, n, keySize, m)
  const nearest = new Int32Array(near)
  for (let cell = 0; cell < n; cell++) {
    nearestOf(cosines, cell * m, pictures, picture, nearest)
    const to = cell * valueSize
    for (let k = 0; k < valueSize; k++) {
      let sum = 0
      for (const region of nearest) sum += values[region * valueSize + k]
      mixed[to + k] = OWN_SHARE * own[to + k] + ((1 - OWN_SHARE) * sum) / near
    }
  }
  return mixed
}

/** The regions of largest cosine, those of one picture left out; ties go to the first. O(m + m' · near), m' = those that enter. */
function nearestOf(cosines: Float32Array, from: number, pictures: Int32Array, without: number, nearest: Int32Array): void {
  let found = 0
  for (let region = 0; region < pictures.length; region++) {
    if (pictures[region] === without) continue
    const cosine = cosines[from + region]
    if (found === nearest.length && cosine <= cosines[from + nearest[found - 1]]) continue
    let at = found < nearest.length ? found++ : found - 1
    while (at > 0 && cosines[from + nearest[at - 1]] < cosine) {
      nearest[at] = nearest[at - 1]
      at--
    }
    nearest[at] = region
  }
}
