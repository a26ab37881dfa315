import { symmetricEigen } from './symmetric-eigen.ts'

/** A linear map f32[rows, columns] by its two products with a narrow block of vectors (row-major, `width` columns). */
export interface LinearMap {
  readonly rows: number
  readonly columns: number
  /** A · x for x f32[columns, width] → f32[rows, width] */
  readonly times: (x: Float32Array, width: number) => Promise<Float32Array>
  /** Aᵀ · x for x f32[rows, width] → f32[columns, width] */
  readonly transposedTimes: (x: Float32Array, width: number) => Promise<Float32Array>
}

export interface LeadingVectors {
  /** f64[count], descending */
  readonly singularValues: Float64Array
  /** f64[count, rows], row i is the left vector of singularValues[i]; orthonormal */
  readonly left: Float64Array
  /** largest ‖A v − σ u‖ / σ₁ over the vectors, with v = Aᵀu/σ */
  readonly residual: number
}

/** A block finds equal singular values up to its width, and one pass over the matrix costs little more for 16 vectors than for 1. */
const BLOCK = 16
/** f32 products leave a floor near 3e-7 σ₁, a few times that for singular values which are themselves rounding. */
const TOLERANCE = 2e-6
/** Promised are 1e-5 σ₁: enough once a larger basis brings no more, or where the spectrum is so flat that more would take seconds. */
const ENOUGH = 8e-6
const BASIS_EASY = 160
/** A spectrum without gaps (noise alone) needs this many; each vector costs a pass over all before it. */
const BASIS_MAX = 1200
/** How much larger the basis is at the next look, beyond BASIS_EASY: a look costs O(dimension³). */
const LOOK_GROWTH = 1.25

/**
 * The `count` leading left singular vectors by block Lanczos on A·Aᵀ with full re-orthogonalisation and Rayleigh–Ritz
 * (Golub & Underwood 1977). Exhausted Krylov spaces (identity, low rank, separate components) are continued with fresh
 * random vectors. About 2·steps passes over A, O(steps · rows · columns · 8) plus O(rows · dimension²).
 * @param random uniform in [0, 1)
 */
export async function leadingLeftVectors(map: LinearMap, count: number, random: () => number): Promise<LeadingVectors> {
  const { rows } = map
  const wanted = Math.min(count, rows)
  const largest = Math.min(rows, Math.max(8 * wanted, BASIS_MAX))
  const basis: Float64Array[] = []
  const images: Float64Array[] = []
  let gram = new Float64Array(0)
  let candidates = Array.from({ length: Math.min(BLOCK, rows) }, () => randomVector(rows, random))
  let lookAt = Math.min(rows, wanted + BLOCK)
  let before = Infinity
  for (;;) {
    const start = basis.length
    for (const candidate of candidates) {
      if (basis.length >= largest) break
      basis.push(orthonormal(candidate, basis, rows, random))
    }
    const width = basis.length - start
    const block = interleave(basis, start, width, rows)
    const image = await map.transposedTimes(block, width)
    const product = map.times(image, width)
    for (let j = 0; j < width; j++) images.push(column(image, j, width, map.columns))
    gram = grown(gram, images, start)
    const back = await product
    candidates = Array.from({ length: width }, (_, j) => column(back, j, width, rows))
    const full = basis.length >= largest
    if (basis.length < lookAt && !full) continue
    const found = await ritz(map, basis, images, gram, wanted)
    const settled = basis.length > BASIS_EASY || found.residual > before / 2
    if (found.residual <= TOLERANCE || (found.residual <= ENOUGH && settled) || full) return found
    before = found.residual
    lookAt = Math.max(basis.length + 2 * BLOCK, basis.length < BASIS_EASY ? 0 : Math.ceil(basis.length * LOOK_GROWTH))
  }
}

/** Ritz vectors of the whole space and their true residual: one more pass over A. */
async function ritz(map: LinearMap, basis: readonly Float64Array[], images: readonly Float64Array[], gram: Float64Array, wanted: number): Promise<LeadingVectors> {
  const m = basis.length
  const { rows, columns } = map
  const { values, vectors } = symmetricEigen(gram, m)
  const left = new Float64Array(wanted * rows)
  const right = new Float32Array(columns * wanted)
  const singularValues = new Float64Array(wanted)
  for (let i = 0; i < wanted; i++) {
    const sigma = Math.sqrt(Math.max(values[i], 0))
    singularValues[i] = sigma
    const u = combine(basis, vectors, i * m, m, rows)
    left.set(u, i * rows)
    const image = combine(images, vectors, i * m, m, columns)
    const inverse = sigma > 1e-12 * Math.sqrt(Math.max(values[0], 0)) ? 1 / sigma : 0
    for (let k = 0; k < columns; k++) right[k * wanted + i] = image[k] * inverse
  }
  const back = await map.times(right, wanted)
  let residual = 0
  for (let i = 0; i < wanted; i++) {
    let sum = 0
    for (let k = 0; k < rows; k++) {
      const difference = back[k * wanted + i] - singularValues[i] * left[i * rows + k]
      sum += difference * difference
    }
    residual = Math.max(residual, Math.sqrt(sum))
  }
  return { singularValues, left, residual: singularValues[0] > 0 ? residual / singularValues[0] : residual }
}

/** Σ_j weights[from + j] · vectors[j], four at a time so that the sum stays in cache longer. */
function combine(vectors: readonly Float64Array[], weights: Float64Array, from: number, m: number, length: number): Float64Array {
  const out = new Float64Array(length)
  let j = 0
  for (; j + 3 < m; j += 4) {
    const a = vectors[j]
    const b = vectors[j + 1]
    const c = vectors[j + 2]
    const d = vectors[j + 3]
    const wa = weights[from + j]
    const wb = weights[from + j + 1]
    const wc = weights[from + j + 2]
    const wd = weights[from + j + 3]
    for (let k = 0; k < length; k++) out[k] += wa * a[k] + wb * b[k] + wc * c[k] + wd * d[k]
  }
  for (; j < m; j++) {
    const a = vectors[j]
    const wa = weights[from + j]
    for (let k = 0; k < length; k++) out[k] += wa * a[k]
  }
  return out
}

/** dots[j] = vectors[j] · x */
function dots(vectors: readonly Float64Array[], x: Float64Array, out: Float64Array): void {
  const m = vectors.length
  const length = x.length
  let j = 0
  for (; j + 3 < m; j += 4) {
    const a = vectors[j]
    const b = vectors[j + 1]
    const c = vectors[j + 2]
    const d = vectors[j + 3]
    let sa = 0
    let sb = 0
    let sc = 0
    let sd = 0
    for (let k = 0; k < length; k++) {
      const value = x[k]
      sa += a[k] * value
      sb += b[k] * value
      sc += c[k] * value
      sd += d[k] * value
    }
    out[j] = sa
    out[j + 1] = sb
    out[j + 2] = sc
    out[j + 3] = sd
  }
  for (; j < m; j++) {
    const a = vectors[j]
    let sum = 0
    for (let k = 0; k < length; k++) sum += a[k] * x[k]
    out[j] = sum
  }
}

/** Gram–Schmidt, repeated while the norm falls by half (twice is enough); a vector that vanishes is replaced by a random one. */
function orthonormal(candidate: Float64Array, basis: readonly Float64Array[], length: number, random: () => number): Float64Array {
  let x = candidate
  const coefficients = new Float64Array(basis.length)
  let norm = Math.hypot(Math.sqrt(squaredNorm(x)))
  const original = norm
  for (let pass = 0; pass < 8; pass++) {
    if (!(norm > 1e-7 * original) || norm < 1e-30 || pass === 6) {
      x = randomVector(length, random)
      norm = Math.sqrt(squaredNorm(x))
    }
    for (let k = 0; k < length; k++) x[k] /= norm
    dots(basis, x, coefficients)
    for (let j = 0; j < coefficients.length; j++) coefficients[j] = -coefficients[j]
    const correction = combine(basis, coefficients, 0, basis.length, length)
    for (let k = 0; k < length; k++) x[k] += correction[k]
    const left = Math.sqrt(squaredNorm(x))
    norm = left
    if (left > 0.5) break
  }
  for (let k = 0; k < length; k++) x[k] /= norm
  return x
}

function squaredNorm(x: Float64Array): number {
  let sum = 0
  for (let k = 0; k < x.length; k++) sum += x[k] * x[k]
  return sum
}

const randomVector = (length: number, random: () => number): Float64Array => Float64Array.from({ length }, () => random() - 0.5)

function column(source: Float32Array, j: number, width: number, length: number): Float64Array {
  const out = new Float64Array(length)
  for (let k = 0; k < length; k++) out[k] = source[k * width + j]
  return out
}

function interleave(basis: readonly Float64Array[], start: number, width: number, length: number): Float32Array {
  const out = new Float32Array(length * width)
  for (let j = 0; j < width; j++) {
    const vector = basis[start + j]
    for (let k = 0; k < length; k++) out[k * width + j] = vector[k]
  }
  return out
}

/** The Gram matrix of all images, given that of the first `start`. */
function grown(gram: Float64Array, images: readonly Float64Array[], start: number): Float64Array<ArrayBuffer> {
  const m = images.length
  const out = new Float64Array(m * m)
  for (let i = 0; i < start; i++) out.set(gram.subarray(i * start, (i + 1) * start), i * m)
  const row = new Float64Array(m)
  for (let i = start; i < m; i++) {
    dots(images, images[i], row)
    for (let j = 0; j < m; j++) {
      out[i * m + j] = row[j]
      out[j * m + i] = row[j]
    }
  }
  return out
}
