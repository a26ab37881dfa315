import { cellCoverage } from '../attention/region-vector.ts'
import { connectedComponents } from '../masks/components.ts'
import type { Mask } from '../masks/mask.ts'
import { withoutSpecks } from '../segment/merge-regions.ts'
import { NO_CLASS, type ClassChannels } from '../segment/score-maps.ts'
import type { MethodResult } from '../segment/run-method.ts'
import { regionMasks } from './region-masks.ts'

/**
 * Pieces that the edge step leaves behind, smaller than this many grid cells, go to their neighbour. Half a cell takes the
 * dots along borders; more takes small things, which fill few cells of a pack's coarse grid.
 */
const SPECK_CELLS = 0.5

/** One region of a label map. */
export interface LabelRegion {
  readonly mask: Mask
  readonly areaPx2: number
  readonly label: number
}

/**
 * The labels without the dots along borders; no class counts as a label like the others.
 * @returns u16[height, width], NO_CLASS where nothing is. O(pixels · passes), few passes
 */
export function withoutBorderDots({ labels, width, height, grid }: Pick<MethodResult, 'labels' | 'width' | 'height' | 'grid'>): Uint16Array {
  return withoutSpecks(labels, width, height, (SPECK_CELLS * width * height) / (grid.width * grid.height))
}

/**
 * The regions of a label map: connected parts of each label, or all of a label at once where `whole` says so. Largest first;
 * what belongs to no class, and what is smaller than `minAreaPx2`, is left out. O(pixels).
 * @param labels u16[height, width], NO_CLASS where nothing is
 */
export function labelRegions(labels: Uint16Array, width: number, height: number, whole: (label: number) => boolean, minAreaPx2: number): LabelRegion[] {
  const parts = connectedComponents(labels, width, height, 4)
  const regionOf = new Int32Array(parts.count)
  const ofLabel = new Map<number, number>()
  const regions: { label: number; areaPx2: number }[] = []
  parts.labelOf.forEach((label, part) => {
    let region = whole(label) ? ofLabel.get(label) : undefined
    if (region === undefined) {
      region = regions.length
      regions.push({ label, areaPx2: 0 })
      ofLabel.set(label, region)
    }
    regionOf[part] = region
    regions[region].areaPx2 += parts.areasPx2[part]
  })
  const { ids } = parts
  for (let i = 0; i < ids.length; i++) ids[i] = regionOf[ids[i]]
  const masks = regionMasks(ids, width, height, regions.length)
  return regions.map((region, i) => ({ ...region, mask: masks[i] }))
    .filter(({ label, areaPx2 }) => label !== NO_CLASS && areaPx2 >= Math.max(1, minAreaPx2))
    .toSorted((a, b) => b.areaPx2 - a.areaPx2)
}

/** How sure a region's class is: of its cells' mean shares, [0, 1] each. */
export interface RegionScore {
  /** share of the class */
  readonly score: number
  /** share of the class less that of the best other; 0 where another is better */
  readonly margin: number
  /** of the shares, over its greatest value */
  readonly entropy: number
}

/** [0, 1] share of a region to which a method that does less gives another class. @param plain u16[grid cells]. O(cells) */
export function regionDisagreement(plain: Uint16Array, grid: { readonly width: number; readonly height: number }, mask: Mask, width: number, height: number, label: number): number {
  let other = 0, total = 0
  cellCoverage(mask, width, height, grid.width, grid.height).forEach((covered, cell) => {
    total += covered
    if (plain[cell] !== label) other += covered
  })
  return total === 0 ? 0 : other / total
}

/** @param channels  of the grid's cells  @param mask  px of the photo, width × height. O(cells · channels) */
export function regionScore({ p, classes }: ClassChannels, grid: { readonly width: number; readonly height: number }, mask: Mask, width: number, height: number, label: number): RegionScore {
  const coverage = cellCoverage(mask, width, height, grid.width, grid.height)
  const k = classes.length
  const shares = new Float64Array(k)
  let total = 0
  coverage.forEach((covered, cell) => {
    let sum = 0
    for (let c = 0; c < k; c++) sum += Math.max(0, p[cell * k + c])
    if (covered === 0 || sum === 0) return
    total += covered
    for (let c = 0; c < k; c++) shares[c] += (covered * Math.max(0, p[cell * k + c])) / sum
  })
  let own = 0, other = 0, entropy = 0
  shares.forEach((sum, c) => {
    const share = total === 0 ? 0 : sum / total
    if (share > 0) entropy -= share * Math.log(share)
    if (classes[c] === label) own = share
    else other = Math.max(other, share)
  })
  return { score: Math.min(1, own), margin: Math.min(1, Math.max(0, own - other)), entropy: k === 1 ? 0 : Math.min(1, Math.max(0, entropy / Math.log(k))) }
}
