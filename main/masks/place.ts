import type { Mask } from './mask.ts'
import { encodeSpans, spansOf } from './rle.ts'

/** A mask moved by whole px and cut to an image of another size. O(runs + rows). */
export function placeMask(mask: Mask, dx: number, dy: number, width: number, height: number): Mask {
  const spans = spansOf(mask)
  let at = 0
  for (let i = 0; i < spans.length; i += 3) {
    const y = spans[i] + dy
    if (y < 0 || y >= height) continue
    spans[at++] = y
    spans[at] = Math.min(width, Math.max(0, spans[i + 1] + dx))
    spans[at + 1] = Math.min(width, Math.max(0, spans[i + 2] + dx))
    at += 2
  }
  return encodeSpans(spans, at)
}

/** The mask of a coarser picture in the px of the finer one: each pixel becomes a block. @param factorX,factorY ≥ 1. O(rows of the outcome + runs). */
export function scaleMask(mask: Mask, factorX: number, factorY: number, width: number, height: number): Mask {
  const rows = new Map<number, number[]>()
  const spans = spansOf(mask)
  for (let i = 0; i < spans.length; i += 3) rows.set(spans[i], [...(rows.get(spans[i]) ?? []), Math.round(spans[i + 1] * factorX), Math.min(width, Math.round(spans[i + 2] * factorX))])
  const out: number[] = []
  for (let y = 0; y < height; y++) {
    const line = rows.get(Math.floor((y + 0.5) / factorY))
    if (line !== undefined) for (let i = 0; i < line.length; i += 2) out.push(y, line[i], line[i + 1])
  }
  return encodeSpans(Int32Array.from(out))
}

/** A filled rectangle of whole px, x1 and y1 exclusive. O(rows). */
export function boxMask(x0: number, y0: number, x1: number, y1: number): Mask {
  return encodeSpans(Int32Array.from({ length: Math.max(0, y1 - y0) * 3 }, (_, i) => [y0 + Math.floor(i / 3), x0, x1][i % 3]))
}
