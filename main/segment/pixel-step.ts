import { pillowBicubic } from '../resample/pillow-bicubic.ts'
import { resize } from '../resample/resize.ts'
import { areaAverage } from './area-average.ts'
import { argmaxLabels } from './argmax.ts'
import { guidedLabels } from './guided-upsampling.ts'
import { narrowBandCut } from './narrow-band-cut.ts'
import { pamr } from './pamr.ts'

export type EdgeSnap = 'none' | 'guided' | 'pamr' | 'guided+cut'

/**
 * The pixel step (METHODS §2.6): the labels' shares of each grid cell are taken as soft memberships and brought back to the
 * output's size along the photo's own edges. Works on the labels of any method.
 * @param labels u16[height, width] any values @param photo u8[photoHeight, photoWidth, 3]
 * @returns u16[height, width] with values among those of `labels`
 */
export function snapToPhoto(
  labels: Uint16Array, width: number, height: number, grid: { readonly width: number; readonly height: number },
  photo: Uint8Array, photoWidth: number, photoHeight: number, edgeSnap: EdgeSnap,
): Uint16Array {
  if (edgeSnap === 'none') return labels.slice()
  const values = [...new Set(labels)].sort((a, b) => a - b)
  if (values.length === 1) return labels.slice()
  const gridWidth = Math.min(grid.width, width)
  const gridHeight = Math.min(grid.height, height)
  const planes = cellShares(labels, width, height, values, gridWidth, gridHeight)
  if (edgeSnap === 'pamr') {
    const k = values.length
    const interleaved = new Float32Array(planes.length)
    const cells = gridWidth * gridHeight
    for (let p = 0; p < k; p++) for (let i = 0; i < cells; i++) interleaved[i * k + p] = planes[p * cells + i]
    const w = Math.min(width, 2 * gridWidth)
    const h = Math.min(height, 2 * gridHeight)
    const refined = pamr(resize(interleaved, gridHeight, gridWidth, k, h, w, 'bilinear'), k, w, h, areaAverage(photo, photoWidth, photoHeight, w, h))
    return argmaxLabels(refined, h, w, k, height, width, 'bilinear').map((plane) => values[plane])
  }
  const rgb = pillowBicubic(photo, photoHeight, photoWidth, 3, height, width)
  const guided = guidedLabels(planes, values.length, gridHeight, gridWidth, rgb, width, height).map((plane) => values[plane])
  return edgeSnap === 'guided+cut' ? narrowBandCut(guided, width, height, rgb) : guided
}

/** Share of each grid cell that each value covers, f32[values, gridHeight, gridWidth]; the shares of a cell sum to 1. */
function cellShares(labels: Uint16Array, width: number, height: number, values: readonly number[], gridWidth: number, gridHeight: number): Float32Array {
  const planeOf = new Map(values.map((value, plane) => [value, plane]))
  const cells = gridWidth * gridHeight
  const shares = new Float32Array(values.length * cells)
  const counts = new Float32Array(cells)
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * gridHeight) / height) * gridWidth
    for (let x = 0; x < width; x++) {
      const cell = row + Math.floor((x * gridWidth) / width)
      shares[(planeOf.get(labels[y * width + x]) ?? 0) * cells + cell]++
      counts[cell]++
    }
  }
  for (let i = 0; i < shares.length; i++) shares[i] /= counts[i % cells]
  return shares
}
