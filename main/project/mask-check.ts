import type { Mask } from '../masks/mask.ts'

/**
 * Reads a mask's runs without decoding them into a plane.
 * @returns its pixel count (px²), or in words what is wrong with it. O(runs)
 */
export function checkMask(mask: Mask): number | string {
  const { width, height, runs } = mask
  if ((width === 0) !== (height === 0)) return `its box is ${width}×${height}: both sides or none must be 0`
  const limit = width * height
  let area = 0
  let sum = 0
  let value = 0
  let shift = 0
  let set = false
  for (const byte of runs) {
    // arithmetic, not bits: a run may be longer than 31 bits
    value += (byte & 0x7f) * 2 ** shift
    if ((byte & 0x80) !== 0) {
      shift += 7
      if (shift > 49) return 'a run is longer than any picture'
      continue
    }
    sum += value
    if (set) area += value
    if (sum > limit) return `its runs cover more than its box of ${width}×${height} px`
    set = !set
    value = 0
    shift = 0
  }
  if (shift !== 0) return 'its last run is cut off'
  return area
}
