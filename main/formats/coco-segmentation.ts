import type { ExportOptions } from '../contract/transfer.ts'
import { fromCocoCounts, toCocoCounts } from '../masks/coco-rle.ts'
import { traceEdges } from '../masks/edge-tracing.ts'
import type { Mask } from '../masks/mask.ts'
import { rasterisePolygon } from '../masks/polygon.ts'
import { simplifiedOutlines } from '../masks/simplify.ts'
import { isFiniteNumber, isFlatNumbers, isObject } from './coco-values.ts'
import type { Findings } from './findings.ts'

const REFUSED = 'the annotation is left out'

/**
 * The mask of a `segmentation`: parts of polygons (a union), one flat part (mended), or either form of RLE.
 * @param what names the annotation in findings
 * @returns the mask; 'none' when there is no segmentation; 'refused' when it can't be read (the finding says why)
 */
export function readSegmentation(segmentation: unknown, width: number, height: number, what: string, findings: Findings): Mask | 'none' | 'refused' {
  if (segmentation === undefined || segmentation === null) return 'none'
  if (isObject(segmentation)) return readRle(segmentation['size'], segmentation['counts'], width, height, what, findings)
  if (!Array.isArray(segmentation)) {
    findings.add('bad-segmentation', 'refused', REFUSED, `${what}: segmentation is ${JSON.stringify(segmentation).slice(0, 40)}`)
    return 'refused'
  }
  if (segmentation.length === 0) return 'none'
  let parts: readonly unknown[] = segmentation
  if (!Array.isArray(segmentation[0]) && !isObject(segmentation[0])) {
    findings.add('flat-polygon', 'mended', 'read as one polygon', what)
    parts = [segmentation]
  }
  const good: (readonly number[])[] = []
  for (const part of parts) {
    if (!Array.isArray(part) || !isFlatNumbers(part)) {
      findings.add('bad-polygon', 'refused', REFUSED, `${what}: a part holds something that is no number`)
      return 'refused'
    }
    if (part.length % 2 === 1) {
      findings.add('odd-polygon', 'refused', REFUSED, `${what}: a part has ${part.length} numbers, x and y have to come in pairs`)
      return 'refused'
    }
    if (part.length < 6) findings.add('short-polygon', 'mended', 'the part is left out: a polygon needs 3 points', `${what}: ${part.length} numbers`)
    else good.push(part)
  }
  if (good.length === 0) return 'none'
  if (good.some((part) => part.some((value, i) => value < 0 || value > (i % 2 === 0 ? width : height)))) findings.add('past-border', 'mended', 'cut at the border of the picture', what)
  let mask: Mask
  try {
    mask = rasterisePolygon(good, width, height)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    findings.add('bad-polygon', 'refused', REFUSED, `${what}: ${error.message}`)
    return 'refused'
  }
  if (mask.width === 0) findings.add('empty-mask', 'note', 'kept with an empty mask', `${what}: the polygon covers no pixel`)
  return mask
}

function readRle(size: unknown, counts: unknown, width: number, height: number, what: string, findings: Findings): Mask | 'refused' {
  const refuse = (rule: string, example: string): 'refused' => {
    findings.add(rule, 'refused', REFUSED, `${what}: ${example}`)
    return 'refused'
  }
  if (!Array.isArray(size) || size.length !== 2 || size[0] !== height || size[1] !== width) return refuse('rle-size', `RLE size ${JSON.stringify(size) ?? 'missing'}, but the picture is [${height}, ${width}]`)
  if (typeof counts !== 'string' && !(Array.isArray(counts) && counts.every(isFiniteNumber))) return refuse('bad-rle', 'counts are neither text nor a list of numbers')
  try {
    const mask = fromCocoCounts(counts, width, height)
    if (mask.width === 0) findings.add('empty-mask', 'note', 'kept with an empty mask', `${what}: the RLE covers no pixel`)
    return mask
  } catch (error) {
    if (error instanceof RangeError) return refuse('bad-rle', error.message)
    throw error
  }
}

/** A `segmentation` to write: compressed RLE, or parts of [x, y, …]. */
export type WrittenSegmentation = { readonly size: readonly [number, number]; readonly counts: string } | readonly (readonly number[])[]

/**
 * The `segmentation` of a mask. Exact for pycocotools but for 'simplified': that one leaves out corners, and what is
 * thinner than a pixel afterwards. The empty mask is always RLE. O(edges).
 */
export function segmentationOf(mask: Mask, width: number, height: number, masks: ExportOptions['masks'], tolerancePx: number): WrittenSegmentation {
  if (masks !== 'rle' && mask.width > 0) {
    const outlines = traceEdges(mask)
    if (masks === 'simplified') {
      const round = (value: number): number => Math.round(value * 100) / 100
      return simplifiedOutlines(outlines, tolerancePx).map((line) => line.map(round))
    }
    if (masks === 'keyhole') return outlines.keyholes().map((line) => Array.from(line))
    if (outlines.holes.length === 0) return outlines.outer.map((ring) => Array.from(ring))
  }
  return { size: [height, width], counts: toCocoCounts(mask, width, height) }
}
