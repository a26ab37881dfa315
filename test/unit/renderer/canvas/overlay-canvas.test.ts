import { afterEach, expect, test, vi } from 'vitest'
import { encodeSpans } from '../../../../main/masks/rle.ts'
import { createOverlayCanvas } from '../../../../renderer/canvas/overlay-canvas.ts'
import { type OverlayStyles, PATTERN } from '../../../../renderer/canvas/overlay-styles.ts'
import { EMPTY_BOX } from '../../../../renderer/document/box.ts'
import { createLabelPlane } from '../../../../renderer/document/label-plane.ts'

afterEach(() => { vi.unstubAllGlobals() })

/** A canvas that keeps what was put on it. */
function stubCanvas() {
  vi.stubGlobal('ImageData', class {
    readonly data: Uint8ClampedArray
    constructor(width: number, height: number) { this.data = new Uint8ClampedArray(width * height * 4) }
  })
  let put = 0
  let pixels: Uint8ClampedArray = new Uint8ClampedArray(0)
  const canvas = { width: 0, height: 0, getContext: () => ({ putImageData(image: { data: Uint8ClampedArray }) { put++; pixels = image.data } }) }
  return { canvas: canvas as unknown as HTMLCanvasElement, words: () => [...new Uint32Array(pixels.buffer)], puts: () => put }
}

const plane = createLabelPlane(40, 30)
plane.show([{ id: 1, mask: encodeSpans(Int32Array.from([5, 4, 20, 6, 4, 22, 7, 3, 24, 8, 3, 24])) }, { id: 2, mask: encodeSpans(Int32Array.from([7, 20, 38, 20, 0, 40, 21, 0, 40, 22, 1, 39])) }], null)
const styles: OverlayStyles = { fill: Uint32Array.from([0, 0x80112233, 0x80445566]), edge: Uint32Array.from([0, 0xff112233, 0xff445566]), inner: new Uint32Array(3), mark: Uint32Array.from([0, 0xffaabbcc, 0]), flags: Uint8Array.from([0, 2, 1]) }

test.each([[3, 0], [-5, 0], [0, 4], [0, -2], [7, -3], [-1, 6], [45, 0]])('a picture moved by (%i, %i) looks as if it were drawn there anew', (dx, dy) => {
  const moved = stubCanvas()
  const overlay = createOverlayCanvas(moved.canvas)
  overlay.resize(50, 36)
  overlay.draw(plane, styles, { scale: 1.5, offsetX: -4.25, offsetY: 2.5 }, 1)
  overlay.draw(plane, styles, { scale: 1.5, offsetX: -4.25 + dx, offsetY: 2.5 + dy }, 1)
  const anew = stubCanvas()
  const fresh = createOverlayCanvas(anew.canvas)
  fresh.resize(50, 36)
  fresh.draw(plane, styles, { scale: 1.5, offsetX: -4.25 + dx, offsetY: 2.5 + dy }, 1)
  expect(moved.words()).toEqual(anew.words())
  expect(moved.words().some((word) => word !== 0)).toBe(true)
})

test.each([[3, 0], [-5, 7], [0, -2]])('so does one with patterns, moved by (%i, %i)', (dx, dy) => {
  const patterned = { ...styles, flags: Uint8Array.from([0, 2 * PATTERN, 5 * PATTERN]) }
  const [moved, anew] = [[0, 0], [dx, dy]].map(([x, y]) => {
    const { canvas, words } = stubCanvas()
    const overlay = createOverlayCanvas(canvas)
    overlay.resize(50, 36)
    overlay.draw(plane, patterned, { scale: 1.5, offsetX: -4.25 + x, offsetY: 2.5 + y }, 1)
    return { words, overlay }
  })
  moved.overlay.draw(plane, patterned, { scale: 1.5, offsetX: -4.25 + dx, offsetY: 2.5 + dy }, 1)
  expect(moved.words()).toEqual(anew.words())
  expect(moved.words()).toContain(0xffaabbcc)
})

test('nothing is put on the canvas when nothing was touched or moved', () => {
  const { canvas, puts } = stubCanvas()
  const overlay = createOverlayCanvas(canvas)
  overlay.resize(50, 36)
  overlay.draw(plane, styles, { scale: 1, offsetX: 0, offsetY: 0 }, 1)
  overlay.touch(EMPTY_BOX)
  overlay.draw(plane, styles, { scale: 1, offsetX: 0, offsetY: 0 }, 1)
  expect(puts()).toBe(1)
})
