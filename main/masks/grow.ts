import { EMPTY_MASK, type Mask } from './mask.ts'
import { decodeInto, encodePlane } from './rle.ts'

/** Beyond any distance in an image, px². */
const FAR = 1e12

/**
 * Squared Euclidean distance to the nearest set pixel, in place (Felzenszwalb and Huttenlocher 2012, "Distance
 * Transforms of Sampled Functions", §2). @param field f64[height, width] 0 = set, FAR = not. O(width·height).
 */
function squaredDistances(field: Float64Array, width: number, height: number): void {
  const longest = Math.max(width, height)
  const line = new Float64Array(longest)
  const apex = new Int32Array(longest)
  const bound = new Float64Array(longest + 1)
  const alongLine = (start: number, step: number, n: number) => {
    for (let i = 0; i < n; i++) line[i] = field[start + i * step]
    let k = 0
    apex[0] = 0
    bound[0] = -Infinity
    bound[1] = Infinity
    for (let q = 1; q < n; q++) {
      let s = (line[q] + q * q - line[apex[k]] - apex[k] * apex[k]) / (2 * (q - apex[k]))
      while (s <= bound[k]) {
        k--
        s = (line[q] + q * q - line[apex[k]] - apex[k] * apex[k]) / (2 * (q - apex[k]))
      }
      k++
      apex[k] = q
      bound[k] = s
      bound[k + 1] = Infinity
    }
    k = 0
    for (let q = 0; q < n; q++) {
      while (bound[k + 1] < q) k++
      field[start + q * step] = (q - apex[k]) ** 2 + line[apex[k]]
    }
  }
  for (let x = 0; x < width; x++) alongLine(x, width, height)
  for (let y = 0; y < height; y++) alongLine(y * width, 1, width)
}

/** The pixels of a padded box within or beyond a distance of those that `inside` says. */
function byDistance(mask: Mask, padPx: number, width: number, height: number, setIs: 0 | 1, keep: (squared: number) => boolean): Mask {
  const x0 = Math.max(0, mask.x - padPx)
  const y0 = Math.max(0, mask.y - padPx)
  const boxWidth = Math.min(width, mask.x + mask.width + padPx) - x0
  const boxHeight = Math.min(height, mask.y + mask.height + padPx) - y0
  const plane = new Uint8Array(boxWidth * boxHeight)
  decodeInto({ ...mask, x: mask.x - x0, y: mask.y - y0 }, plane, boxWidth, 1)
  const field = Float64Array.from(plane, (set) => (set === setIs ? 0 : FAR))
  squaredDistances(field, boxWidth, boxHeight)
  for (let p = 0; p < plane.length; p++) plane[p] = keep(field[p]) ? 1 : 0
  const found = encodePlane(plane, boxWidth, boxHeight)
  return found.width === 0 ? EMPTY_MASK : { ...found, x: found.x + x0, y: found.y + y0 }
}

/**
 * Every pixel whose centre is within `radiusPx` of the centre of a set one (dilation by a disc), cut to the image.
 * @param radiusPx ≥ 0; 0 gives the mask back. O(px of the box with a margin of the radius).
 */
export function growMask(mask: Mask, radiusPx: number, width: number, height: number): Mask {
  if (radiusPx <= 0 || mask.width === 0) return mask
  return byDistance(mask, Math.ceil(radiusPx), width, height, 1, (squared) => squared <= radiusPx * radiusPx)
}

/**
 * Every set pixel with no unset one of the image within `radiusPx` (erosion by a disc). What is cut off by the image's
 * edge is not eaten from there. The mask may become empty. O(px of the box with a margin of 1).
 */
export function shrinkMask(mask: Mask, radiusPx: number, width: number, height: number): Mask {
  if (radiusPx <= 0 || mask.width === 0) return mask
  return byDistance(mask, 1, width, height, 0, (squared) => squared > radiusPx * radiusPx)
}
