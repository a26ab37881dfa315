import { describe, expect, test } from 'vitest'
import { encodePlane } from '../../../../main/masks/rle.ts'
import { fillOverlay } from '../../../../renderer/canvas/fill-overlay.ts'
import { PATTERN_COUNT } from '../../../../renderer/canvas/overlay-patterns.ts'
import { DASHED, HATCHED, PATTERN, THICK, type OverlayStyles, overlayStyles, packColour, sameStyles } from '../../../../renderer/canvas/overlay-styles.ts'
import { fitTransform, keepInSight, wantedLevel, zoomAt } from '../../../../renderer/canvas/view-transform.ts'
import { createLabelPlane } from '../../../../renderer/document/label-plane.ts'
import { labelClass, proposal } from '../fake-engine.ts'

/** Slot s: fill s, edge 10 + s, inner 20 + s, mark 30 + s. */
const numbered = (flags: number[]): OverlayStyles => ({
  fill: Uint32Array.from(flags, (_, slot) => slot),
  edge: Uint32Array.from(flags, (_, slot) => 10 + slot),
  inner: Uint32Array.from(flags, (_, slot) => 20 + slot),
  mark: Uint32Array.from(flags, (_, slot) => 30 + slot),
  flags: Uint8Array.from(flags),
})
/** A 9×9 image with slot 1 in its middle 7×7. */
const square = { width: 9, height: 9, labels: Uint16Array.from({ length: 81 }, (_, p) => Number(p % 9 > 0 && p % 9 < 8 && p > 8 && p < 72)) }
const draw = (scale: number, offsetX: number, offsetY: number, styles: OverlayStyles, width = 9, height = 9, box = { x0: 0, y0: 0, x1: width, y1: height }, out = new Uint32Array(width * height)) => {
  fillOverlay(out, width, box, square, scale, offsetX, offsetY, styles)
  return out
}
const row = (out: Uint32Array, y: number, width = 9) => Array.from(out.subarray(y * width, (y + 1) * width))

describe('filling the overlay', () => {
  test('draws an outline of one px, whatever the zoom, and the inside in the fill colour', () => {
    expect(row(draw(1, 0, 0, numbered([0, 0])), 4)).toEqual([0, 11, 1, 1, 1, 1, 1, 11, 0])
    expect(row(draw(3, 0, 0, numbered([0, 0]), 27, 27), 12, 27)).toEqual([0, 0, 0, 11, ...Array<number>(19).fill(1), 11, 0, 0, 0])
    expect(row(draw(1, 0, 0, numbered([0, 0])), 1)).toEqual([0, 11, 11, 11, 11, 11, 11, 11, 0])
  })

  test('the selected one has a second px inside the first', () => {
    expect(row(draw(1, 0, 0, numbered([0, THICK])), 4)).toEqual([0, 11, 21, 1, 1, 1, 21, 11, 0])
  })

  test('a pending outline has gaps, and a nameless inside has stripes', () => {
    const outline = row(draw(3, 0, 0, numbered([0, DASHED]), 27, 27), 3, 27).slice(3, 24)
    expect(new Set(outline)).toEqual(new Set([11, 1]))
    const inside = row(draw(3, 0, 0, numbered([0, HATCHED]), 27, 27), 12, 27).slice(4, 23)
    expect(inside.filter((value) => value === 0).length / inside.length).toBeCloseTo(2 / 8, 1)
  })

  test('no two patterns look alike, and each leaves the outline alone', () => {
    const pictures = Array.from({ length: PATTERN_COUNT }, (_, pattern) => draw(6, 0, 0, numbered([0, pattern * PATTERN]), 54, 54).join())
    expect(new Set(pictures).size).toBe(PATTERN_COUNT)
    const striped = row(draw(6, 0, 0, numbered([0, 3 * PATTERN]), 54, 54), 9, 54)
    expect(new Set(striped)).toEqual(new Set([0, 11, 31]))
  })

  test('what lies beside the picture is clear', () => {
    const out = draw(1, 5, 5, numbered([0, 0]), 20, 20)
    expect(row(out, 2, 20).every((value) => value === 0)).toBe(true)
    expect(row(out, 9, 20).slice(5, 14)).toEqual([0, 11, 1, 1, 1, 1, 1, 11, 0])
  })

  test('a box filled alone is the same as a part of the whole, and the rest is left alone', () => {
    for (const scale of [0.37, 1, 2.5]) {
      const whole = draw(scale, 1.3, -0.7, numbered([0, THICK | HATCHED]), 24, 24)
      const box = { x0: 3, y0: 2, x1: 17, y1: 19 }
      const part = draw(scale, 1.3, -0.7, numbered([0, THICK | HATCHED]), 24, 24, box, new Uint32Array(24 * 24).fill(99))
      for (let p = 0; p < part.length; p++) {
        const inside = p % 24 >= box.x0 && p % 24 < box.x1 && p >= box.y0 * 24 && p < box.y1 * 24
        expect(part[p]).toBe(inside ? whole[p] : 99)
      }
    }
  })
})

describe('the colour table', () => {
  const mask = encodePlane(new Uint8Array(16).fill(1), 4, 4)
  const colours = { unnamed: '#808080', selected: '#ffffff' }
  const table = (annotations = [proposal(7, 1, mask), proposal(8, 1, mask, { classId: 50, state: 'accepted' })], selectedId: number | null = null, options = { opacity: 0.5, outlineOnly: false, patterns: false }) => {
    const plane = createLabelPlane(4, 4)
    plane.show(annotations, selectedId)
    return { plane, styles: overlayStyles(plane, { annotations, classes: [labelClass(50, 'sky')], selectedId, alsoSelected: [] }, null, options, colours) }
  }

  test('a colour is packed as canvas memory has it', () => {
    expect([...new Uint8Array(Uint32Array.of(packColour('#0172b3', 0.5)).buffer)]).toEqual([1, 0x72, 0xb3, 128])
  })

  test('pending is dashed and paler, nameless is hatched, selected is thick', () => {
    const { plane, styles } = table(undefined, 8)
    expect(styles.flags[plane.slotOf(7)]).toBe(HATCHED | DASHED)
    expect(styles.flags[plane.slotOf(8)]).toBe(THICK)
    expect(styles.fill[plane.slotOf(7)] >>> 24).toBeLessThan(styles.fill[plane.slotOf(8)] >>> 24)
    expect(styles.edge[plane.slotOf(8)]).toBe(packColour('#ffffff', 1))
    expect(styles.fill[0]).toBe(0)
  })

  test('outline only leaves the inside clear', () => {
    const { plane, styles } = table(undefined, null, { opacity: 0.5, outlineOnly: true, patterns: true })
    expect(styles.fill[plane.slotOf(8)]).toBe(0)
    expect(styles.edge[plane.slotOf(8)]).not.toBe(0)
  })

  test('with patterns, classes next to each other in the list differ in theirs, and the marks stand out on the colour', () => {
    const annotations = [proposal(7, 1, mask, { classId: 50 }), proposal(8, 1, mask, { classId: 51 })]
    const plane = createLabelPlane(4, 4)
    plane.show(annotations, null)
    const classes = [labelClass(50, 'sky'), { ...labelClass(51, 'night'), colour: '#102030' }]
    const styles = overlayStyles(plane, { annotations, classes, selectedId: null, alsoSelected: [] }, null, { opacity: 0.5, outlineOnly: false, patterns: true }, colours)
    const patterns = [7, 8].map((id) => Math.floor(styles.flags[plane.slotOf(id)] / PATTERN))
    expect(patterns).toEqual([0, 1])
    expect(styles.mark[plane.slotOf(8)] & 0xffffff).toBe(0xffffff)
    expect(sameStyles(styles, overlayStyles(plane, { annotations, classes, selectedId: null, alsoSelected: [] }, null, { opacity: 0.5, outlineOnly: false, patterns: false }, colours))).toBe(false)
  })

  test('two tables are the same until a slot that both have looks different', () => {
    expect(sameStyles(table().styles, table().styles)).toBe(true)
    expect(sameStyles(table().styles, table(undefined, 8).styles)).toBe(false)
  })
})

describe('the view', () => {
  const image = { width: 4000, height: 3000 }
  const size = { width: 1280, height: 800 }

  test('fit shows the whole picture in the middle', () => {
    const { scale, offsetX, offsetY } = fitTransform(image, size)
    expect(scale * image.height).toBeLessThanOrEqual(size.height)
    expect(offsetX + scale * image.width / 2).toBeCloseTo(size.width / 2)
    expect(offsetY + scale * image.height / 2).toBeCloseTo(size.height / 2)
  })

  test('zooming keeps the px under the pointer where it is', () => {
    const from = fitTransform(image, size)
    const to = zoomAt(from, 500, 300, from.scale * 5, image, size)
    expect((500 - to.offsetX) / to.scale).toBeCloseTo((500 - from.offsetX) / from.scale)
    expect((300 - to.offsetY) / to.scale).toBeCloseTo((300 - from.offsetY) / from.scale)
  })

  test('zoom ends at 64 screen px per px and a quarter of what fits', () => {
    const from = fitTransform(image, size)
    expect(zoomAt(from, 0, 0, 1e9, image, size).scale).toBe(64)
    expect(zoomAt(from, 0, 0, 0, image, size).scale).toBeCloseTo(from.scale / 4)
  })

  test('the picture cannot be lost from sight', () => {
    const far = keepInSight({ scale: 1, offsetX: -1e6, offsetY: 1e6 }, image, size)
    expect(far.offsetX + image.width).toBeGreaterThan(100)
    expect(far.offsetY).toBeLessThan(size.height - 100)
  })

  test.each([[2, 0], [1, 0], [0.6, 0], [0.5, 1], [0.25, 2], [0.2, 2], [0.01, 3]])('at %f device px per px the level is %i', (scale, level) => {
    expect(wantedLevel(scale, 4)).toBe(level)
  })
})
