import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fillOverlay } from '../../../../renderer/canvas/fill-overlay.ts'
import { onPattern } from '../../../../renderer/canvas/overlay-patterns.ts'
import { DASHED, HATCHED, type OverlayStyles, PATTERN, THICK } from '../../../../renderer/canvas/overlay-styles.ts'

const SLOTS = 5
const UNTOUCHED = 999

/** Each px of the box by itself: what lies under its middle, and how far that reaches. */
function naive(out: Uint32Array, outWidth: number, box: { x0: number; y0: number; x1: number; y1: number }, plane: { labels: Uint16Array; width: number; height: number }, scale: number, offsetX: number, offsetY: number, styles: OverlayStyles): void {
  const slotAt = (x: number, y: number) => {
    const column = Math.floor((x + 0.5 - offsetX) / scale)
    const row = Math.floor((y + 0.5 - offsetY) / scale)
    return column < 0 || row < 0 || column >= plane.width || row >= plane.height ? 0 : plane.labels[row * plane.width + column]
  }
  const [anchorX, anchorY] = [Math.round(offsetX), Math.round(offsetY)]
  for (let y = box.y0; y < box.y1; y++) {
    for (let x = box.x0; x < box.x1; x++) {
      const slot = slotAt(x, y)
      const reaches = (px: number) => [[-px, 0], [px, 0], [0, -px], [0, px]].every(([dx, dy]) => slotAt(x + dx, y + dy) === slot)
      const flag = styles.flags[slot]
      const pattern = Math.floor(flag / PATTERN)
      // dashes and stripes are counted from 2 px left of the picture's corner
      const along = x + 2 + y - anchorX - anchorY
      const cycle = (period: number) => ((along % period) + period) % period
      let value = styles.fill[slot]
      if (slot === 0) value = 0
      else if (!reaches(1)) value = (flag & DASHED) === 0 || cycle(8) < 4 ? styles.edge[slot] : value
      else if ((flag & THICK) !== 0 && !reaches(2)) value = styles.inner[slot]
      else if (pattern > 0) value = onPattern(pattern, x - anchorX, y - anchorY) ? styles.mark[slot] : value
      else if ((flag & HATCHED) !== 0 && cycle(8) < 2) value = 0
      out[y * outWidth + x] = value
    }
  }
}

test('runs at a time or px by px, the overlay is the same: any plane, look, zoom and place, whole or in part', () => {
  fc.assert(fc.property(
    fc.record({
      width: fc.integer({ min: 1, max: 30 }), height: fc.integer({ min: 1, max: 20 }),
      blocks: fc.array(fc.record({ slot: fc.integer({ min: 0, max: SLOTS - 1 }), x: fc.nat(29), y: fc.nat(19), w: fc.integer({ min: 1, max: 30 }), h: fc.integer({ min: 1, max: 20 }) }), { maxLength: 8 }),
      flags: fc.array(fc.record({ hatched: fc.boolean(), dashed: fc.boolean(), thick: fc.boolean(), pattern: fc.constantFrom(0, 0, 1, 5, 7) }), { minLength: SLOTS, maxLength: SLOTS }),
      scale: fc.double({ min: 0.2, max: 5, noNaN: true }), offsetX: fc.double({ min: -30, max: 30, noNaN: true }), offsetY: fc.double({ min: -30, max: 30, noNaN: true }),
      x0: fc.nat(40), y0: fc.nat(30), across: fc.integer({ min: 1, max: 48 }), down: fc.integer({ min: 1, max: 36 }),
    }),
    ({ width, height, blocks, flags, scale, offsetX, offsetY, x0, y0, across, down }) => {
      const labels = new Uint16Array(width * height)
      for (const { slot, x, y, w, h } of blocks) for (let row = y; row < Math.min(height, y + h); row++) labels.fill(slot, row * width + Math.min(width, x), row * width + Math.min(width, x + w))
      const styles: OverlayStyles = {
        fill: Uint32Array.from(flags, (_, slot) => slot), edge: Uint32Array.from(flags, (_, slot) => 10 + slot), inner: Uint32Array.from(flags, (_, slot) => 20 + slot), mark: Uint32Array.from(flags, (_, slot) => 30 + slot),
        flags: Uint8Array.from(flags, ({ hatched, dashed, thick, pattern }) => (hatched ? HATCHED : 0) + (dashed ? DASHED : 0) + (thick ? THICK : 0) + PATTERN * pattern),
      }
      const box = { x0, y0, x1: Math.min(48, x0 + across), y1: Math.min(36, y0 + down) }
      const [out, expected] = [new Uint32Array(48 * 36).fill(UNTOUCHED), new Uint32Array(48 * 36).fill(UNTOUCHED)]
      fillOverlay(out, 48, box, { labels, width, height }, scale, offsetX, offsetY, styles)
      naive(expected, 48, box, { labels, width, height }, scale, offsetX, offsetY, styles)
      expect(out).toEqual(expected)
    },
  ), { numRuns: 400 })
})
