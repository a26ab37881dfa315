import { stat } from 'node:fs/promises'
import { decodeRgb, type DecodedRgb } from '../images/decode.ts'
import type { Mask } from '../masks/mask.ts'
import { decodeInto, encodePlane } from '../masks/rle.ts'
import { placeMask, scaleMask } from '../masks/place.ts'
import { subtractMasks, unionMasks } from '../masks/set-operations.ts'
import { snapMask } from '../segment/snap-mask.ts'
import type { PipelineAnswers, PipelineRequests } from './messages.ts'

/** longest side of the photo that edges are looked for on, px: 48 MB decoded */
const PHOTO_SIDE_MAX = 4096
/** greatest part of it that is cut at once, px²: about a second */
const CUT_PX2_MAX = 1_000_000
/** what is looked at beyond the reach, in reaches: the colours around the mask */
const AROUND = 3

/** Part of a photo, brought to `scale`. */
function cropOf({ rgb, width }: DecodedRgb, x0: number, y0: number, columns: number, rows: number, scale: number): { rgb: Uint8Array; width: number; height: number } {
  const outWidth = Math.max(1, Math.round(columns * scale))
  const outHeight = Math.max(1, Math.round(rows * scale))
  const out = new Uint8Array(outWidth * outHeight * 3)
  for (let y = 0; y < outHeight; y++) {
    const row = y0 + Math.min(rows - 1, Math.floor((y + 0.5) / scale))
    for (let x = 0; x < outWidth; x++) {
      const from = (row * width + x0 + Math.min(columns - 1, Math.floor((x + 0.5) / scale))) * 3
      out.set(rgb.subarray(from, from + 3), (y * outWidth + x) * 3)
    }
  }
  return { rgb: out, width: outWidth, height: outHeight }
}

/**
 * The mask with its outline on the photo's edges. Only what the cut changes is taken over, so that all else stays to the
 * px, also where a large mask is cut on a coarser copy. O(px of the mask's box).
 */
export function snapOnPhoto(photo: DecodedRgb, image: { readonly width: number; readonly height: number }, mask: Mask, reachPx: number): Mask {
  if (mask.width === 0) return mask
  const { width, height } = image
  const margin = Math.ceil(reachPx * AROUND) + 8
  const x0 = Math.max(0, mask.x - margin)
  const y0 = Math.max(0, mask.y - margin)
  const columns = Math.min(width, mask.x + mask.width + margin) - x0
  const rows = Math.min(height, mask.y + mask.height + margin) - y0
  const toPhoto = photo.width / width
  const scale = Math.min(1, toPhoto, Math.sqrt(CUT_PX2_MAX / (columns * rows)))
  const inPhoto = { x: Math.floor(x0 * toPhoto), y: Math.floor(y0 * toPhoto), columns: Math.max(1, Math.floor(columns * toPhoto)), rows: Math.max(1, Math.floor(rows * toPhoto)) }
  const crop = cropOf(photo, inPhoto.x, inPhoto.y, Math.min(inPhoto.columns, photo.width - inPhoto.x), Math.min(inPhoto.rows, photo.height - inPhoto.y), scale / toPhoto)
  const whole = new Uint8Array(columns * rows)
  decodeInto(placeMask(mask, -x0, -y0, columns, rows), whole, columns, 1)
  const inside = new Uint8Array(crop.width * crop.height)
  for (let y = 0; y < crop.height; y++) {
    const row = Math.floor(((y + 0.5) * rows) / crop.height) * columns
    for (let x = 0; x < crop.width; x++) inside[y * crop.width + x] = whole[row + Math.floor(((x + 0.5) * columns) / crop.width)]
  }
  const cut = snapMask(inside, crop.width, crop.height, crop.rgb, reachPx * scale)
  /** what the cut made of `from`, px of the image */
  const turned = (from: 0 | 1): Mask => {
    const found = encodePlane(cut.map((value, i) => (inside[i] === from && value !== from ? 1 : 0)), crop.width, crop.height)
    return found.width === 0 ? found : placeMask(scaleMask(found, columns / crop.width, rows / crop.height, columns, rows), x0, y0, width, height)
  }
  return unionMasks(subtractMasks(mask, turned(1)), turned(0))
}

/** Keeps the photo that was cut last decoded. */
export function createSnapping(): (input: PipelineRequests['snap']) => Promise<PipelineAnswers['snap']> {
  let warm: { readonly key: string; readonly photo: Promise<DecodedRgb> } | undefined
  return async ({ path, mask, reachPx, width, height }) => {
    const from = performance.now()
    const { mtimeMs, size } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0 }))
    const key = `${path} ${mtimeMs} ${size}`
    if (warm?.key !== key) {
      const photo = decodeRgb(path, { maxSide: PHOTO_SIDE_MAX })
      warm = { key, photo }
      photo.catch(() => { warm = undefined })
    }
    return { mask: snapOnPhoto(await warm.photo, { width, height }, mask, reachPx), milliseconds: performance.now() - from }
  }
}
