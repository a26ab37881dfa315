import type { Diff } from '../../main/contract/diff.ts'
import type { ImageRow } from '../../main/contract/images.ts'
import type { ClickQuestion } from '../../main/contract/smart-click.ts'
import type { Annotation } from '../../main/contract/records.ts'
import type { Mask } from '../../main/masks/mask.ts'
import type { Box } from './box.ts'
import type { Neighbours } from './editor-state.ts'
import type { LabelPlane } from './label-plane.ts'
import type { SaidKey } from './words.ts'
import type { ToolPreview } from '../tools/tool-preview.ts'
import type { ToolPointer } from '../tools/tool-pointer.ts'

/** The px of the open image for tools that go by colour; maybe coarser than the image. */
export interface PicturePixels {
  /** u8[height, width, 4] */
  readonly rgba: Uint8ClampedArray
  readonly width: number
  readonly height: number
}

/** What the canvas shows and feeds: pixels and pointers. Outside the snapshot, because it changes per pointer event. */
export interface Surface {
  /** topmost annotation per pixel of the open image; null without one */
  plane(): LabelPlane | null
  /** Calls back with each changed box of the plane (px of the image), or 'all'. Once per change, not per frame. */
  onPixels(listener: (changed: Box | 'all') => void): () => void
  /** the annotation of a stroke in progress; a new one is not among the annotations yet, so its class is here */
  draft(): { readonly id: number; readonly classId: number | null } | null
  /** vectors of what the tool has half done */
  preview(): ToolPreview
  /** Calls back when `preview` or `draft` may have changed. */
  onPreview(listener: () => void): () => void

  /** From the canvas, once they are there: what a tool was used for meanwhile is done then. null: they could not be had. */
  setPicture(picture: PicturePixels | null): void
  /** False: the tool in hand has no size of its own now. */
  resize(step: number): boolean
  pointerDown(pointer: ToolPointer): void
  /** One call per coalesced event, in order. */
  pointerMove(pointer: ToolPointer): void
  pointerUp(pointer: ToolPointer): void
  /** True: the tool had use for it; false: on nothing, the view may fit. Comes after the second pointerUp. */
  doubleClick(pointer: ToolPointer): boolean
  /** The pointer left the picture: the preview ring goes. */
  pointerLeave(): void
}

/** What the surface asks of the document. */
export interface SurfaceDocument {
  image(): ImageRow | null
  annotation(id: number): Annotation | undefined
  /** neither hidden nor rejected, from back to front */
  visible(): readonly Annotation[]
  selectedId(): number | null
  /** the selected ones that are visible, the one selected first at the front */
  selection(): readonly Annotation[]
  toggle(id: number): void
  /** whether paint spares what is locked, or everything else too */
  neighbours(): Neighbours
  select(id: number | null): void
  brushRadiusPx(): number
  activeClassId(): number | null
  /** z of a new annotation in front of all others */
  frontZ(): number
  /** An id for a new record; null: none is left, and said so. */
  takeId(): number | null
  /**
   * Makes an edit of the image. The plan is asked when its turn comes (at once, unless an undo is under way), so it
   * has to look the records up again; null: nothing changes, and `nothing` is called. A new annotation is selected.
   */
  perform(label: string, plan: () => Diff | null, nothing?: () => void): void
  /** Asks the engine what clicks on the open image mean; the answer goes to the tools with the ticket given. */
  ask(question: ClickQuestion): number
  /** Asks the engine for a mask with its outline on the picture's edges; the answer goes to the tools with the ticket given. */
  askSnap(mask: Mask, reachPx: number): number
  /** A message for the person. */
  tell(key: SaidKey): void
  /** The tool's state may have changed. */
  toolMoved(): void
}
