import { pillowBicubic } from '../resample/pillow-bicubic.ts'
import { resize } from '../resample/resize.ts'
import { areaAverage } from './area-average.ts'
import { argmaxLabels } from './argmax.ts'
import { guidedLabels } from './guided-upsampling.ts'
import { narrowBandCut } from './narrow-band-cut.ts'
import { pamr } from './pamr.ts'
import { photoGuide, type PhotoGuide } from './photo-guide.ts'

export type EdgeSnap = 'none' | 'guided' | 'pamr' | 'guided+cut'

/**
 * What the pixel step needs of a photo, for labels of this size and grid whatever they say: worth keeping where they change. O(px).
 * @param photo u8[photoHeight, photoWidth, 3]
 */
export function edgeGuide(photo: Uint8Array, photoWidth: number, photoHeight: number, width: number, height: number, grid: { readonly width: number; readonly height: number }): PhotoGuide {
  return photoGuide(pillowBicubic(photo, photoHeight, photoWidth, 3, height, width), width, height, Math.min(grid.width, width), Math.min(grid.height, height))
}

/**
 * The pixel step (METHODS §2.6): the labels' shares of each grid cell are taken as soft memberships and brought back to the
 * output's size along the photo's own edges. Works on the labels of any method.
 * @param labels u16[height, width] of the guide, any values
 * @returns u16[height, width] with values among those of `labels`
 */
export function snapToPhoto(labels: Uint16Array, guide: PhotoGuide, edgeSnap: EdgeSnap): Uint16Array {
  const { width, height, columns, rows, rgb } = guide
  const values = valuesOf(labels)
  if (edgeSnap === 'none' || values.length === 1) return labels.slice()
  const planes = cellShares(labels, values, guide), k = values.length
  if (edgeSnap === 'pamr') {
    const interleaved = new Float32Array(planes.length)
    const cells = columns * rows
    for (let p = 0; p < k; p++) for (let i = 0; i < cells; i++) interleaved[i * k + p] = planes[p * cells + i]
    const w = Math.min(width, 2 * columns)
    const h = Math.min(height, 2 * rows)
    const refined = pamr(resize(interleaved, rows, columns, k, h, w, 'bilinear'), k, w, h, areaAverage(rgb, width, height, w, h))
    return named(argmaxLabels(refined, h, w, k, height, width, 'bilinear'), values)
  }
  const guided = named(guidedLabels(planes, k, guide), values)
  return edgeSnap === 'guided+cut' ? narrowBandCut(guided, width, height, rgb) : guided
}

const LABELS = 65536

/** Those that occur, ascending. */
function valuesOf(labels: Uint16Array): readonly number[] {
  const seen = new Uint8Array(LABELS)
  for (let i = 0; i < labels.length; i++) seen[labels[i]] = 1
  const values: number[] = []
  for (let value = 0; value < LABELS; value++) if (seen[value] === 1) values.push(value)
  return values
}

/** Planes → the values they stand for, in place. */
function named(labels: Uint16Array, values: readonly number[]): Uint16Array {
  for (let i = 0; i < labels.length; i++) labels[i] = values[labels[i]]
  return labels
}

/** Share of each grid cell that each value covers, f32[values, rows, columns]; the shares of a cell sum to 1. */
function cellShares(labels: Uint16Array, values: readonly number[], { width, height, columns, rows }: PhotoGuide): Float32Array {
  const planeOf = new Uint16Array(LABELS)
  values.forEach((value, plane) => { planeOf[value] = plane })
  const cells = columns * rows
  const shares = new Float32Array(values.length * cells)
  const counts = new Float32Array(cells)
  const columnOf = Int32Array.from({ length: width }, (_, x) => Math.floor((x * columns) / width))
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor((y * rows) / height) * columns
    for (let x = 0; x < width; x++, at++) {
      const cell = row + columnOf[x]
      shares[planeOf[labels[at]] * cells + cell]++
      counts[cell]++
    }
  }
  for (let p = 0, i = 0; p < values.length; p++) for (let cell = 0; cell < cells; cell++, i++) shares[i] /= counts[cell]
  return shares
}
