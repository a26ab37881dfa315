import type { Diff } from '../../main/contract/diff.ts'
import type { Annotation } from '../../main/contract/records.ts'
import { EMPTY_MASK } from '../../main/masks/mask.ts'
import { rasterisePolygon } from '../../main/masks/polygon.ts'
import { colourFlood } from '../../main/masks/colour-flood.ts'
import type { Mask } from '../../main/masks/mask.ts'
import { scaleMask } from '../../main/masks/place.ts'
import { contains } from '../../main/masks/rle.ts'
import { sameMask, subtractAll, subtractMasks, unionMasks } from '../../main/masks/set-operations.ts'
import { createToolRunner, type ToolRunner } from '../tools/tool-runner.ts'
import type { ToolHost, ToolStroke } from '../tools/tool-state.ts'
import type { Box } from './box.ts'
import type { ToolName } from './editor-state.ts'
import { type ShownMask, type WritableLabelPlane, createLabelPlane } from './label-plane.ts'
import { createMaskEdits } from './mask-edits.ts'
import { drawAnnotation, editMask, joinDiffs } from './record-edits.ts'
import { createFollowBorders } from './follow-borders.ts'
import { beginStroke } from './stroke.ts'
import { createSuperpixelCells, type SuperpixelCells } from './superpixel-cells.ts'
import type { PicturePixels, Surface, SurfaceDocument } from './surface.ts'

/** The surface with what only the editor may do to it. */
export interface SurfaceControl {
  readonly surface: Surface
  readonly tools: ToolRunner
  /** Another image, or none: a new plane. `sync` has to follow. */
  open(size: { readonly width: number; readonly height: number } | null): void
  /** Brings the plane to the records, visibility and selection as they are now. */
  sync(): void
  /** The brush radius changed: the ring has another size. */
  brushChanged(): void
}

/** @param tool the tool in hand at the start */
export function createSurface(document: SurfaceDocument, tool: ToolName): SurfaceControl {
  let plane: WritableLabelPlane | null = null
  /** u8[height, width], zero between strokes; made with the first stroke on an image size and used again */
  let painted = new Uint8Array(0)
  /** how often the plane was drawn anew somewhere, maybe over a stroke in progress */
  let redraws = 0
  /** what a stroke that is becoming an edit has left on the plane */
  let onPlane: ShownMask | null = null
  /** strokes that ended and are in no record yet: px on the plane may be in no mask; and those of them that the next `sync` brings in */
  let left = 0
  let settling = 0
  let picture: PicturePixels | null = null
  /** of `picture`, once somebody asked for one */
  let cells: SuperpixelCells | null = null
  let draft: { readonly id: number; readonly classId: number | null } | null = null
  const pixelListeners = new Set<(changed: Box | 'all') => void>()
  const previewListeners = new Set<() => void>()

  const pixels = (changed: Box | 'all') => { for (const listener of pixelListeners) listener(changed) }
  const previewChanged = () => { for (const listener of previewListeners) listener() }
  const setDraft = (next: typeof draft) => {
    draft = next
    previewChanged()
  }
  const redraw = (box: Box) => {
    plane?.redraw(box)
    pixels(box)
  }
  const selected = (): Annotation | null => document.visible().find(({ id }) => id === document.selectedId()) ?? null

  /** What paint on one annotation must not cover. */
  const protectedFrom = (id: number | null): readonly Annotation[] => {
    const rule = document.neighbours()
    return rule === 'paintOver' ? [] : document.visible().filter((one) => one.id !== id && (rule === 'keepAll' || one.locked))
  }
  const followBorders = createFollowBorders(document)
  const maskEdits = createMaskEdits(document, (id) => protectedFrom(id).map(({ mask }) => mask), followBorders)

  const sync = () => {
    if (plane === null) return
    const shown = document.visible()
    const boxes = plane.show(shown, selected()?.id ?? null, onPlane, draft === null && left === (onPlane === null ? 0 : 1))
    onPlane = null
    left -= settling
    settling = 0
    if (boxes.length > 0) redraws++
    for (const box of boxes) pixels(box)
  }

  const openStroke = (mode: 'add' | 'subtract', targetId: number | null): ToolStroke | null => {
    const image = document.image()
    if (plane === null || image === null) return null
    const target = targetId === null ? undefined : document.visible().find(({ id }) => id === targetId)
    if (target?.locked === true) {
      document.tell('locked')
      return null
    }
    const id = target?.id ?? document.takeId()
    if (id === null) return null
    const on = plane
    if (painted.length !== on.width * on.height) painted = new Uint8Array(on.width * on.height)
    if (target !== undefined) document.select(target.id)
    const classId = target === undefined ? document.activeClassId() : target.classId
    setDraft({ id, classId })
    const redrawsBefore = redraws
    const spared = mode === 'add' ? protectedFrom(id) : []
    const stroke = beginStroke(on, painted, { id, mask: target?.mask ?? EMPTY_MASK }, mode, spared.map((one) => one.id))
    const end = () => {
      stroke.end()
      setDraft(null)
    }
    return {
      segment: (x0, y0, x1, y1, radiusPx) => pixels(stroke.segment(x0, y0, x1, y1, radiusPx)),
      commit() {
        // What is spared and lies under something else was not seen by the stroke.
        const all = stroke.mask()
        const drawn: Mask = subtractAll(all, spared.map(({ mask }) => mask))
        const box = stroke.box()
        end()
        if (plane !== on) return
        left++
        const leave = (made: Diff | null) => {
          if (made !== null) settling++
          if (!sameMask(all, drawn)) return made
          const record = made === null ? undefined : [...made.added, ...made.updated.map(([, to]) => to)].find((one) => one.kind === 'annotation' && one.id === id)
          if (redraws === redrawsBefore && record?.kind === 'annotation') onPlane = record
          return made
        }
        const undone = () => {
          if (plane !== on) return
          left--
          redraw(box)
        }
        document.perform(mode === 'add' ? 'brush' : 'erase', () => {
          if (target === undefined) {
            const made = drawAnnotation(id, image.id, classId, drawn, document.frontZ())
            return leave(made === null ? null : joinDiffs(made, followBorders([id], EMPTY_MASK, drawn)))
          }
          const now = document.annotation(id)
          if (now === undefined) return null
          const next = mode === 'add' ? unionMasks(now.mask, drawn) : subtractMasks(now.mask, drawn)
          return sameMask(now.mask, next) ? null : leave(joinDiffs(editMask(now, next), followBorders([id], now.mask, next)))
        }, undone)
      },
      cancel() {
        const box = stroke.box()
        end()
        if (plane === on) redraw(box)
      },
    }
  }

  const host: ToolHost = {
    imageSize: () => plane,
    radiusPx: () => document.brushRadiusPx(),
    activeClassId: () => document.activeClassId(),
    selected,
    annotationsAt: (x, y) => document.visible().filter(({ mask }) => contains(mask, Math.floor(x), Math.floor(y))).reverse(),
    select: (id) => document.select(id),
    toggle: (id) => document.toggle(id),
    ...maskEdits,
    hasPicture: () => picture !== null,
    flood(x, y, tolerance) {
      if (plane === null || picture === null) return null
      const { rgba, width, height } = picture
      const column = Math.min(width - 1, Math.floor(x * width / plane.width))
      const row = Math.min(height - 1, Math.floor(y * height / plane.height))
      const found = colourFlood(rgba, width, height, column, row, tolerance)
      return width === plane.width && height === plane.height ? found : scaleMask(found, plane.width / width, plane.height / height, plane.width, plane.height)
    },
    beginStroke: openStroke,
    cell(x, y, sidePx) {
      if (plane === null || picture === null) return null
      cells ??= createSuperpixelCells(picture, plane)
      return cells.at(x, y, sidePx)
    },
    ask: (question) => document.ask(question),
    askSnap: (mask, reachPx) => document.askSnap(mask, reachPx),
    drawPolygon(points) {
      const image = document.image()
      if (plane === null || image === null) return
      const mask = rasterisePolygon([points], plane.width, plane.height)
      if (mask.width === 0) document.tell('noPixel')
      else maskEdits.drawMask('polygon', mask, false)
    },
  }

  const tools = createToolRunner(host, tool, () => {
    document.toolMoved()
    previewChanged()
  })

  return {
    tools,
    sync,
    brushChanged: previewChanged,
    open(size) {
      tools.cancel()
      picture = null
      cells = null
      left = settling = 0
      const usable = size !== null && size.width > 0 && size.height > 0
      plane = usable ? createLabelPlane(size.width, size.height, plane?.labels) : null
      pixels('all')
    },
    surface: {
      plane: () => plane,
      onPixels(listener) {
        pixelListeners.add(listener)
        return () => { pixelListeners.delete(listener) }
      },
      draft: () => draft,
      preview: () => tools.preview(),
      onPreview(listener) {
        previewListeners.add(listener)
        return () => { previewListeners.delete(listener) }
      },
      setPicture(given) {
        picture = given
        cells = null
        if (tools.pictureCame(given !== null) && given === null) document.tell('pictureNotRead')
      },
      resize: (step) => tools.resize(step),
      pointerDown: (pointer) => tools.down(pointer),
      pointerMove: (pointer) => tools.move(pointer),
      pointerUp: (pointer) => tools.up(pointer),
      doubleClick: (pointer) => tools.doubleClick(pointer),
      pointerLeave: () => tools.leave(),
    },
  }
}
