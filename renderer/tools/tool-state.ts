import type { ClickQuestion } from '../../main/contract/smart-click.ts'
import type { Mask } from '../../main/masks/mask.ts'
import type { OperationName } from '../document/mask-operations.ts'
import type { Annotation } from '../../main/contract/records.ts'
import type { ToolPointer } from './tool-pointer.ts'
import type { ToolPreview } from './tool-preview.ts'

/** A stroke that the document paints and keeps. */
export interface ToolStroke {
  segment(x0: number, y0: number, x1: number, y1: number, radiusPx: number): void
  /** Makes the stroke an edit. */
  commit(): void
  /** Takes its pixels back. */
  cancel(): void
}

/** What an operation on the selected annotations would make. */
export interface ToolPlan {
  /** the masks there would be */
  readonly masks: readonly Mask[]
  /** Makes it an edit. */
  commit(): void
}

/** What the engine says clicks mean; `part` is the step in the hierarchy that was taken, null when none was. */
export interface ClickAnswer {
  readonly mask: Mask
  readonly part: number | null
}

/** All a tool may know of and do to the document. */
export interface ToolHost {
  /** px; null: no image is open */
  imageSize(): { readonly width: number; readonly height: number } | null
  /** px of the image */
  radiusPx(): number
  /** the selected annotation if it is visible */
  selected(): Annotation | null
  /** visible annotations with the pixel under (x, y) in their mask, topmost first */
  annotationsAt(x: number, y: number): readonly Annotation[]
  select(id: number | null): void
  /** Adds an annotation to the selected ones, or takes it out of them. */
  toggle(id: number): void
  /** `targetId` null: a new annotation of the active class. Null back: not possible (locked), and said so to the person. */
  beginStroke(mode: 'add' | 'subtract', targetId: number | null): ToolStroke | null
  /** Makes a new annotation of a polygon: x0, y0, x1, y1, … px of the image. */
  drawPolygon(points: readonly number[]): void
  /** the class in hand */
  activeClassId(): number | null
  /** Makes a new annotation of the active class, unless told of which; `toSelected`: adds to the selected one when there is one. */
  drawMask(label: string, mask: Mask, toSelected: boolean, classId?: number | null): void
  /** Gives an annotation another mask, worked out from the one it has when the edit's turn comes. */
  changeMask(label: string, id: number, next: (mask: Mask) => Mask): void
  /** Makes several annotations of one: the first stays it. */
  divide(label: string, id: number, into: (mask: Mask) => readonly Mask[]): void
  /** The selected annotation if its mask may be changed; null: none is, or it is locked, and said so. */
  changeable(): Annotation | null
  /** Null: there is nothing it could change, and said so. @param amount of the operation (mask-operations.ts) */
  plan(operation: OperationName, amount: number): ToolPlan | null
  /** Whether the px of the picture are there, which `flood` and `cell` go by. */
  hasPicture(): boolean
  /** px that hang together with a place by their colour; null: the picture is not there yet. @param tolerance [0, 255] */
  flood(x: number, y: number, tolerance: number): Mask | null
  /** The cell of like colour under a place, the same object each time; null: outside, or the picture is not there yet. @param sidePx of a cell, px of the image */
  cell(x: number, y: number, sidePx: number): Mask | null
  /** Asks for a mask with its outline on the picture's edges; the answer comes as those of `ask` do. */
  askSnap(mask: Mask, reachPx: number): number
  /** Asks what clicks mean; the answer comes to `answered` of the state there is then, with the ticket given here. */
  ask(question: ClickQuestion): number
}

/** The size that a tool or a preview has of its own, besides the brush's. */
export interface ToolAmount {
  readonly value: number
  readonly min: number
  readonly max: number
  /** px of the image, px², or levels of 255 of a colour */
  readonly unit: 'px' | 'px2' | 'levels'
}

/**
 * One state of one tool: what it does with an event and which state comes next. A handler that is missing ignores its
 * event. States are values; what a tool remembers is in the state it returns.
 */
export interface ToolState {
  /** tool and state: 'brush.painting' */
  readonly path: string
  /** something is half done: Esc gives it up, Enter finishes it */
  readonly busy: boolean
  /** what the size keys change; a slider may set it */
  readonly amount?: ToolAmount
  setAmount?(host: ToolHost, value: number): ToolState
  preview?(host: ToolHost): ToolPreview
  down?(host: ToolHost, pointer: ToolPointer): ToolState
  move?(host: ToolHost, pointer: ToolPointer): ToolState
  up?(host: ToolHost, pointer: ToolPointer): ToolState
  leave?(host: ToolHost): ToolState
  /** null: the tool has no use for it */
  doubleClick?(host: ToolHost, pointer: ToolPointer): ToolState | null
  /** only asked while busy */
  cancel?(host: ToolHost): ToolState
  commit?(host: ToolHost): ToolState
  /** The size keys and Alt+wheel, while the tool has a size of its own. @param step −10, −1, 1 or 10 */
  resize?(host: ToolHost, step: number): ToolState
  /** The answer to a question of `ask`, maybe of an earlier state; null: there is none, and the person was told why. */
  answered?(host: ToolHost, ticket: number, answer: ClickAnswer | null): ToolState
  /** The px of the picture are there now; or, not `there`, could not be had, and the person is told. */
  pictureCame?(host: ToolHost, there: boolean): ToolState
  /** Takes back the last part (a vertex). */
  dropLast?(host: ToolHost): ToolState
}
