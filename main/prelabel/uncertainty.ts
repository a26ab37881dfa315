import type { SureNaming } from '../memory/namer.ts'

/**
 * @returns [0, 1], the mean of 1 − margin, entropy and, where another method was at hand, its disagreement: 1 for a region that
 * nothing known is like
 */
export function namingUncertainty({ margin, entropy, disagreement }: Pick<SureNaming, 'margin' | 'entropy' | 'disagreement'>): number {
  const mean = disagreement === undefined ? (1 - margin + entropy) / 2 : (1 - margin + entropy + disagreement) / 3
  return Math.min(1, Math.max(0, mean))
}

/** Mean over the regions of an image, weighted by area; null without any. */
export function imageUncertainty(regions: readonly { readonly areaPx2: number; readonly naming: SureNaming }[]): number | null {
  let sum = 0, area = 0
  for (const { areaPx2, naming } of regions) {
    sum += areaPx2 * namingUncertainty(naming)
    area += areaPx2
  }
  return area === 0 ? null : sum / area
}
