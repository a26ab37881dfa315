import { type Box, EMPTY_BOX, cutBoxes, isEmptyBox, joinBoxes } from '../document/box.ts'
import type { LabelPlane } from '../document/label-plane.ts'
import { OUTLINE_REACH, fillOverlay } from './fill-overlay.ts'
import type { OverlayStyles } from './overlay-styles.ts'
import type { ViewTransform } from './view-transform.ts'

/** The canvas between picture and vectors: one device px of it per device px of the view, written straight from the label plane. */
export interface OverlayCanvas {
  /** device px */
  resize(width: number, height: number): void
  /** Something inside this box (px of the image) changed, or everything. Merged until the next `draw`. A view that moved is seen there. */
  touch(changed: Box | 'all'): void
  /** Writes what was touched or came into view. O(device px touched), and one copy when the picture was moved. */
  draw(plane: LabelPlane | null, styles: OverlayStyles | null, view: ViewTransform, devicePixelRatio: number): void
}

export function createOverlayCanvas(canvas: HTMLCanvasElement): OverlayCanvas {
  const context = canvas.getContext('2d')
  let pixels = new ImageData(1, 1)
  let words = new Uint32Array(pixels.data.buffer)
  let touched: Box | 'all' = 'all'
  /** where the picture lay when the px were written, device px; null: nothing to go on from */
  let written: { readonly scale: number; readonly x: number; readonly y: number; readonly plane: LabelPlane } | null = null

  /** Moves what is written along with the picture; the strips that come into view are left for `fill`. O(px of the view), as one copy. */
  const scroll = (dx: number, dy: number) => {
    const { width, height } = canvas
    const shift = dy * width + dx
    if (shift > 0) words.copyWithin(shift, 0, words.length - shift)
    else words.copyWithin(0, -shift)
    const strips: Box[] = [
      dx > 0 ? { x0: 0, y0: 0, x1: dx, y1: height } : { x0: width + dx, y0: 0, x1: width, y1: height },
      dy > 0 ? { x0: 0, y0: 0, x1: width, y1: dy } : { x0: 0, y0: height + dy, x1: width, y1: height },
    ]
    return strips.filter((strip) => !isEmptyBox(strip))
  }

  return {
    resize(width, height) {
      if (canvas.width === width && canvas.height === height) return
      canvas.width = width
      canvas.height = height
      pixels = new ImageData(width, height)
      words = new Uint32Array(pixels.data.buffer)
      touched = 'all'
      written = null
    },
    touch(changed) {
      touched = changed === 'all' || touched === 'all' ? 'all' : joinBoxes(touched, changed)
    },
    draw(plane, styles, view, devicePixelRatio) {
      const now = touched
      touched = EMPTY_BOX
      const whole: Box = { x0: 0, y0: 0, x1: canvas.width, y1: canvas.height }
      const scale = view.scale * devicePixelRatio
      const x = view.offsetX * devicePixelRatio
      const y = view.offsetY * devicePixelRatio
      const fill = (box: Box) => {
        if (plane === null || styles === null) words.fill(0)
        else fillOverlay(words, canvas.width, box, plane, scale, x, y, styles)
      }
      const from = written
      written = plane === null || styles === null ? null : { scale, x, y, plane }
      const moved = from === null || from.scale !== scale || from.x !== x || from.y !== y || from.plane !== plane
      const dx = from === null ? 0 : x - from.x
      const dy = from === null ? 0 : y - from.y
      // A picture that was only moved, by whole device px and not out of sight, is copied; any other change of the view is drawn anew.
      const copied = moved && now !== 'all' && from !== null && from.scale === scale && from.plane === plane && isWhole(dx) && isWhole(dy) && Math.abs(dx) < canvas.width && Math.abs(dy) < canvas.height
      const all = now === 'all' || (moved && !copied)
      const box = all ? whole : isEmptyBox(now) ? now : cutBoxes(whole, {
        x0: Math.floor(now.x0 * scale + x) - OUTLINE_REACH - 1,
        y0: Math.floor(now.y0 * scale + y) - OUTLINE_REACH - 1,
        x1: Math.ceil(now.x1 * scale + x) + OUTLINE_REACH + 1,
        y1: Math.ceil(now.y1 * scale + y) + OUTLINE_REACH + 1,
      })
      if (copied) for (const strip of scroll(Math.round(dx), Math.round(dy))) fill(strip)
      if (!isEmptyBox(box)) fill(box)
      const shown = copied ? whole : box
      if (!isEmptyBox(shown)) context?.putImageData(pixels, 0, 0, shown.x0, shown.y0, shown.x1 - shown.x0, shown.y1 - shown.y0)
    },
  }
}

/** A shift in device px that is a whole number but for the rounding of its sums. */
const isWhole = (px: number): boolean => Math.abs(px - Math.round(px)) < 1e-6
