import type { SureNaming } from '../memory/namer.ts'

/** @returns [0, 1], ½(1 − margin) + ½ entropy: 1 for a region that nothing known is like */
export const namingUncertainty = ({ margin, entropy }: Pick<SureNaming, 'margin' | 'entropy'>): number => Math.min(1, Math.max(0, (1 - margin + entropy) / 2))

/** Mean over the regions of an image, weighted by area; null without any. */
export function imageUncertainty(regions: readonly { readonly areaPx2: number; readonly naming: SureNaming }[]): number | null {
  let sum = 0, area = 0
  for (const { areaPx2, naming } of regions) {
    sum += areaPx2 * namingUncertainty(naming)
    area += areaPx2
  }
  return area === 0 ? null : sum / area
}
