import { narrowBandCut, BAND_DEFAULTS } from './narrow-band-cut.ts'

/**
 * Moves the outline of one mask to the photo's edges: a narrow-band cut (narrow-band-cut.ts) between the mask and what is
 * around it. Px farther than `reachPx` from the outline stay as they are. O(px) and the cut of the band.
 * @param inside u8[height, width] 1 = in the mask
 * @param photo u8[height, width, 3]
 * @returns u8[height, width]
 */
export function snapMask(inside: Uint8Array, width: number, height: number, photo: Uint8Array, reachPx: number): Uint8Array {
  const cut = narrowBandCut(Uint16Array.from(inside), width, height, photo, { ...BAND_DEFAULTS, radiusPx: Math.max(1, Math.round(reachPx)) })
  return Uint8Array.from(cut)
}
