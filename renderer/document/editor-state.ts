import type { ClassEntry } from '../../main/contract/class-list.ts'
import type { HistoryEntry } from '../../main/contract/diff.ts'
import type { ImageRow } from '../../main/contract/images.ts'
import type { ProjectInfo } from '../../main/contract/procedures.ts'
import type { Annotation, Comment, ImageMark, ImageState, LabelClass } from '../../main/contract/records.ts'
import type { OperationName } from './mask-operations.ts'
import type { Thresholds } from './score-threshold.ts'
import type { StackMove } from './stacking.ts'
import type { ToolAmount } from '../tools/tool-state.ts'
import type { Surface } from './surface.ts'

const TOOL_NAMES = ['select', 'brush', 'eraser', 'polygon', 'vertices', 'box', 'wand', 'superpixel', 'smartClick', 'split'] as const
export type ToolName = (typeof TOOL_NAMES)[number]

/**
 * What an edit of px does to the other annotations: paints over all of them, spares what is locked, spares every one, or
 * moves the borders they share along (follow-borders.ts), sparing what is locked.
 */
export const NEIGHBOURS = ['paintOver', 'keepLocked', 'keepAll', 'shareBorders'] as const
export type Neighbours = (typeof NEIGHBOURS)[number]

/** Brush radius, px of the image: range and start value. */
export const BRUSH_RADIUS_PX = { min: 0.5, max: 500, start: 12 } as const

/**
 * One immutable snapshot of what the page shows. A part keeps its identity while it stays the same, so a view may
 * compare parts with `===`. Pixels of a stroke in progress are not in it (surface.ts); they arrive when the stroke ends.
 */
export interface EditorState {
  readonly project: ProjectInfo | null
  /** sorted by (order, id) */
  readonly classes: readonly LabelClass[]
  readonly image: ImageRow | null
  /** pyramid levels the pictures of `image` have; 0 without an image */
  readonly mipLevels: number
  /** every annotation of the image, rejected ones included, from back to front: sorted by (z, id) */
  readonly annotations: readonly Annotation[]
  /** what people wrote about the image, oldest first */
  readonly comments: readonly Comment[]
  readonly selectedId: number | null
  /** further selected ones, in the order they were selected */
  readonly alsoSelected: readonly number[]
  /** hidden by the person in this view only; not stored */
  readonly hidden: ReadonlySet<number>
  /** least score of a proposal that is shown, by class; part of this view, not stored */
  readonly thresholds: Thresholds
  readonly tool: ToolName
  /** the state the tool is in: 'select.idle', 'brush.painting', 'polygon.drawing', … */
  readonly toolPath: string
  /** the size that the tool or its preview has of its own now; null: none */
  readonly toolAmount: ToolAmount | null
  /** radius of brush and eraser, px of the image */
  readonly brushRadiusPx: number
  readonly neighbours: Neighbours
  /** how many annotations a paste would bring */
  readonly copied: number
  /** the class the next new annotation gets; null: a region nobody has named */
  readonly activeClassId: number | null
  /** what the next Ctrl+Z / Ctrl+Shift+Z would take, as the engine last said */
  readonly undo: HistoryEntry | null
  readonly redo: HistoryEntry | null
  /** the undo or redo taken last; another object for each. `imageId` null: it was one of the class list */
  readonly lastStep: { readonly direction: 'undo' | 'redo'; readonly imageId: number | null; readonly label: string } | null
  /** 'failed': the edits stay visible and are sent again; `failure` says why */
  readonly saving: 'saved' | 'saving' | 'failed'
  /** something the person has to know, in their language, naming the thing and the way out; null: all is well */
  readonly failure: string | null
  /** 'hint': what was just tried does not go, and why; gone with the next thing they do */
  readonly failureIs: 'hint' | 'trouble'
  /** who else the open image is to edit for now, in a team; null: nobody else */
  readonly holder: string | null
  /** an image is being opened */
  readonly loading: boolean
}

/** What of a class a person may change. */
export type ClassPatch = Partial<Pick<LabelClass, 'name' | 'synonyms' | 'colour' | 'order' | 'extent'>>

/** What a reviewer may change of an image. */
export type ImagePatch = Partial<Pick<ImageMark, 'assignee' | 'reviewer' | 'review'>>

/**
 * The document: records, edits as diffs, their queue to the engine, undo and redo, selection and tools. No method
 * throws for what a person did; what went wrong is in `state().failure`. A method that takes an optional annotation id
 * means the selected annotation without one. Promises settle when the engine has answered, whatever it answered.
 */
export interface Editor {
  state(): EditorState
  /** Calls back after each change of `state()`; fit for useSyncExternalStore. Returns the unsubscribe function. */
  subscribe(listener: () => void): () => void
  /** The pixels and pointers of the image: for the canvas. */
  readonly surface: Surface

  /** Opens an image, or closes the one shown (null). A later call wins over an earlier one. */
  openImage(id: number | null): Promise<void>
  /** Project, classes and image anew from the engine; unsent edits are kept. Call it once after start. */
  reload(): Promise<void>
  /** Resolves when every edit made so far is stored, or can't be for now. */
  flush(): Promise<void>
  /** Ends event subscriptions and timers. */
  close(): void

  /** The open image is somebody else's to edit: no edit of it is made until null is set. */
  setHolder(name: string | null): void
  /** In a team: what is drawn from now on carries this name. */
  signAs(name: string): void
  select(id: number | null): void
  /** Adds an annotation to the selected ones, or takes it out of them. */
  toggle(id: number): void
  /** Next (1) or previous (-1) visible annotation, front to back, around the end. */
  selectNext(step: 1 | -1): void
  setTool(tool: ToolName): void
  setActiveClass(classId: number | null): void
  /**
   * What a class key does: makes the class the active one, and names the selected annotation with it. Right after
   * drawing, while the drawing tool is still in hand, it deselects instead: the class is for the next object.
   */
  chooseClass(classId: number | null): void
  /** px of the image, clamped to BRUSH_RADIUS_PX */
  setBrushRadius(radiusPx: number): void
  /** The size keys and Alt+wheel: the size of what the tool has, else the brush's. @param step −10, −1, 1 or 10 */
  resize(step: number): void
  /** Sets the size that the tool has of its own (`toolAmount`), if it has one. */
  setToolAmount(value: number): void
  setNeighbours(neighbours: Neighbours): void

  /** Shows what an operation on the selected annotations would make; Enter keeps it. */
  operate(operation: OperationName): void
  /** Shows the selected mask with its outline on the picture's edges; Enter keeps it. */
  snap(): void
  /** Remembers the selected annotations, for this image or another. */
  copy(): void
  /** Puts what was copied at its place on the open image, in front. */
  paste(): void
  /** Copies of the selected ones, a little aside. */
  duplicate(): void
  restack(move: StackMove): void

  /** pending or rejected → accepted. While a tool has something half done, it finishes that instead (Enter closes a polygon). */
  accept(id?: number): void
  /** All pending annotations that are not hidden, or those `only` names of them, in one edit. */
  acceptAllShown(only?: ReadonlySet<number>): void
  /** → rejected; what a person drew is removed. While a polygon is drawn, it drops the last vertex instead (Backspace). */
  reject(id?: number): void
  setClass(annotationId: number, classId: number | null): void
  /** Hides an annotation, or shows it again. */
  hide(id?: number): void
  /** Shows what is hidden, and takes the thresholds back. */
  showAll(): void
  /** Hides the proposals of these classes whose score is below, and shows the others that the threshold before had hidden; for this image and those opened next. 0: all are shown. */
  setThreshold(classIds: readonly (number | null)[], score: number): void
  /** Locks an annotation, or unlocks it: pixels, class and existence of a locked one stay. */
  lock(id?: number): void
  /** Sets or takes back the COCO crowd flag. */
  crowd(id?: number): void

  /** Adds classes at the end of the list, as one edit, and makes the last of them active. Returns the names that are empty or taken (`failure` says so). */
  addClassNames(names: readonly string[]): readonly string[]
  /** Adds the classes whose names are not in the list yet, as one edit; returns how many. */
  addClasses(entries: readonly ClassEntry[]): number
  updateClass(id: number, patch: ClassPatch): void
  /** Some places up (below 0) or down in the list, at most to its end, as one edit: the first nine have keys. */
  moveClass(id: number, by: number): void

  markDone(): void
  setImageState(state: ImageState): void
  /** Says which classes are in the open image; null takes it back. */
  tickClasses(classIds: readonly number[] | null): void
  /** Who labels and who reviews the open image, and the verdict. One that needs work is no longer done. */
  updateImage(patch: ImagePatch): void
  /** A comment on the open image; an empty one is none. @param author the person at this page */
  addComment(text: string, author: string): void
  resolveComment(id: number, resolved: boolean): void
  removeComment(id: number): void

  /** While a tool has something half done it takes back the last part of it; else the last edit of this image or of the class list. */
  undo(): Promise<void>
  redo(): Promise<void>
  /** Esc: gives up what the tool has half done, else deselects. */
  cancelTool(): void
  /** Gives up what the tool has half done. False: nothing was half done. */
  giveUp(): boolean
  /** Finishes what the tool has half done (closes a polygon). False: nothing was half done. */
  commitTool(): boolean

  /** Takes note of a failure the person has seen. Saving goes on by itself. */
  dismissFailure(): void
}
