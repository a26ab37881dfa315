import type { HistoryEntry } from '../../main/contract/diff.ts'
import type { ProjectInfo } from '../../main/contract/procedures.ts'
import type { Annotation } from '../../main/contract/records.ts'
import type { SurfaceControl } from './create-surface.ts'
import { BRUSH_RADIUS_PX, type EditorState, type Neighbours, type ToolName } from './editor-state.ts'
import type { RecordStore } from './record-store.ts'
import type { ReservedIds } from './reserved-ids.ts'
import type { Thresholds } from './score-threshold.ts'
import { HINTS, type SaidKey, type Words } from './words.ts'

/** What of a snapshot is no record. Changed in place; `emit` or `changed` makes it seen. */
export interface EditorFields {
  project: ProjectInfo | null
  mipLevels: number
  selectedId: number | null
  alsoSelected: readonly number[]
  /** selected because it was just drawn, not because a person chose it */
  drawnId: number | null
  hidden: ReadonlySet<number>
  thresholds: Thresholds
  neighbours: Neighbours
  copies: readonly Annotation[]
  tool: ToolName
  brushRadiusPx: number
  activeClassId: number | null
  undo: HistoryEntry | null
  redo: HistoryEntry | null
  lastStep: EditorState['lastStep']
  saving: EditorState['saving']
  savingFailure: string | null
  /** something to say to the person until the next edit; a hint only until they do something else */
  notice: { readonly key: SaidKey; readonly text: string } | null
  holder: string | null
  /** whose name what is drawn carries; null: nobody's */
  signature: string | null
  loading: boolean
}

/** What every part of the editor stands on: the records, the fields, and how a change of either becomes the next snapshot. */
export interface EditorCore {
  readonly store: RecordStore
  readonly fields: EditorFields
  readonly state: () => EditorState
  readonly subscribe: (listener: () => void) => () => void
  /** The fields changed. */
  readonly emit: () => void
  /** Records, visibility or selection changed. */
  readonly changed: () => void
  readonly tell: (key: SaidKey, values?: Parameters<Words>[1]) => void
  readonly words: Words
  /** An id for a new record; null: none is left, and said so. */
  readonly takeId: () => number | null

  /** neither hidden nor rejected, from back to front; the same array until that changes */
  readonly visible: () => readonly Annotation[]
  readonly selectedIds: () => readonly number[]
  /** the selected ones that are visible, the one selected first at the front */
  readonly selection: () => readonly Annotation[]
  readonly select: (id: number | null) => void
  /** Adds an annotation to the selected ones, or takes it out of them. */
  readonly toggle: (id: number) => void
  /** Nothing is selected any more; not seen until `changed`. */
  readonly clearSelection: () => void
}

/** @param surface the surface this core serves, which is made after it; asked for when the first snapshot is */
export function createEditorCore(store: RecordStore, ids: ReservedIds, words: Words, surface: () => SurfaceControl): EditorCore {
  const listeners = new Set<() => void>()
  const fields: EditorFields = {
    project: null, mipLevels: 0, selectedId: null, alsoSelected: [], drawnId: null, hidden: new Set(), thresholds: new Map(), neighbours: 'keepLocked',
    copies: [], tool: 'select', brushRadiusPx: BRUSH_RADIUS_PX.start, activeClassId: null, undo: null, redo: null, lastStep: null, saving: 'saved',
    savingFailure: null, notice: null, holder: null, signature: null, loading: false,
  }
  let state: EditorState | null = null
  let visibleOf: { annotations: readonly Annotation[]; hidden: ReadonlySet<number>; visible: readonly Annotation[] } | null = null

  /** The same object while it stays the same size. */
  const toolAmount = (): EditorState['toolAmount'] => {
    const now = surface().tools.amount()
    const before = state?.toolAmount ?? null
    return now !== null && before !== null && now.value === before.value && now.unit === before.unit && now.max === before.max ? before : now
  }
  const snapshot = (): EditorState => {
    const { savingFailure, notice, copies, drawnId: _drawn, signature: _signature, ...shown } = fields
    return {
      ...shown, classes: store.classes(), image: store.image(), annotations: store.annotations(), comments: store.comments(), copied: copies.length, toolPath: surface().tools.path(), toolAmount: toolAmount(),
      failure: savingFailure ?? notice?.text ?? null, failureIs: savingFailure === null && notice !== null && HINTS.has(notice.key) ? 'hint' : 'trouble',
    }
  }
  const emit = () => {
    state = snapshot()
    for (const listener of listeners) listener()
  }
  const changed = () => {
    if (fields.selectedId !== null && store.annotation(fields.selectedId) === undefined) fields.selectedId = null
    const also = fields.alsoSelected.filter((id) => id !== fields.selectedId && store.annotation(id) !== undefined)
    if (also.length < fields.alsoSelected.length) fields.alsoSelected = also
    if (fields.selectedId === null && fields.alsoSelected.length > 0) [fields.selectedId, ...fields.alsoSelected] = fields.alsoSelected
    if (fields.activeClassId !== null && store.class(fields.activeClassId) === undefined) fields.activeClassId = null
    surface().sync()
    emit()
  }
  const tell: EditorCore['tell'] = (key, values) => {
    fields.notice = { key, text: words(`said.${key}`, values) }
    emit()
  }
  const visible = (): readonly Annotation[] => {
    const annotations = store.annotations()
    const { hidden } = fields
    if (visibleOf?.annotations !== annotations || visibleOf.hidden !== hidden) {
      visibleOf = { annotations, hidden, visible: annotations.filter((one) => one.state !== 'rejected' && !hidden.has(one.id)) }
    }
    return visibleOf.visible
  }
  const selectedIds = (): readonly number[] => (fields.selectedId === null ? [] : [fields.selectedId, ...fields.alsoSelected])

  return {
    store,
    fields,
    state: () => (state ??= snapshot()),
    subscribe(listener) {
      listeners.add(listener)
      return () => { listeners.delete(listener) }
    },
    emit,
    changed,
    tell,
    words,
    takeId() {
      const id = ids.take()
      if (id === null) tell('noIds')
      return id
    },
    visible,
    selectedIds,
    selection() {
      const seen = new Map(visible().map((annotation) => [annotation.id, annotation]))
      return selectedIds().flatMap((id) => seen.get(id) ?? [])
    },
    select(id) {
      const hinted = fields.notice !== null && HINTS.has(fields.notice.key)
      if (hinted) fields.notice = null
      if (id === fields.selectedId && fields.alsoSelected.length === 0) {
        if (hinted) emit()
        return
      }
      fields.selectedId = id
      fields.alsoSelected = []
      changed()
    },
    toggle(id) {
      const { selectedId, alsoSelected } = fields
      if (id === selectedId) [fields.selectedId = null, ...fields.alsoSelected] = alsoSelected
      else if (alsoSelected.includes(id)) fields.alsoSelected = alsoSelected.filter((one) => one !== id)
      else if (selectedId === null) fields.selectedId = id
      else fields.alsoSelected = [...alsoSelected, id]
      changed()
    },
    clearSelection() {
      fields.selectedId = null
      fields.alsoSelected = []
    },
  }
}
