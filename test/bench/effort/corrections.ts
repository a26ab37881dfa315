import { connectedComponents } from '../../../main/masks/components.ts'

/**
 * Strokes to mend a mask: each repairs the largest connected piece that is missing or too much, wholly.
 * @param mask   u8[height, width]
 * @param truth  u8[height, width]
 * @returns strokes until the IoU is `wanted`
 */
export function correctionsTo(mask: Uint8Array, truth: Uint8Array, width: number, height: number, wanted: number): number {
  const errors = new Uint16Array(truth.length)
  let both = 0, either = 0
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] !== 0 && mask[i] !== 0) both++
    if (truth[i] !== 0 || mask[i] !== 0) either++
    errors[i] = truth[i] === mask[i] ? 0 : truth[i] !== 0 ? 1 : 2
  }
  const { count, areasPx2, labelOf } = connectedComponents(errors, width, height, 4)
  const pieces = Array.from({ length: count }, (_, id) => ({ kind: labelOf[id], area: areasPx2[id] })).filter(({ kind }) => kind !== 0).sort((a, b) => b.area - a.area)
  let strokes = 0
  for (const { kind, area } of pieces) {
    if (both / either >= wanted) break
    strokes++
    if (kind === 1) both += area
    else either -= area
  }
  return strokes
}
