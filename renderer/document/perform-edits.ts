import type { Diff } from '../../main/contract/diff.ts'
import type { Annotation } from '../../main/contract/records.ts'
import type { DiffQueue } from './diff-queue.ts'
import type { EditorCore } from './editor-core.ts'
import * as edits from './record-edits.ts'

/** Tools that make objects, and the labels of what they make: a class key then is for the next object. */
export const DRAWING_TOOLS: ReadonlySet<string> = new Set(['brush', 'eraser', 'polygon', 'box', 'wand', 'superpixel', 'smartClick'])

/** One edit to be made; `plan` is asked when its turn comes. */
interface PlannedEdit {
  readonly label: string
  /** the image it is for, or null = the class list */
  readonly imageId: number | null
  readonly plan: () => Diff | null
  readonly nothing: (() => void) | undefined
}

/** The one way from what a person does to a shown and queued edit. A plan that gives null, or an image that is somebody else’s for now, changes nothing, and `nothing` is called. */
export interface PerformEdits {
  /** One edit of an image, or of the class list (null). While an undo is under way it waits, since that may change what it builds on. */
  readonly perform: (label: string, imageId: number | null, plan: () => Diff | null, nothing?: () => void) => void
  /** One edit of the open image. */
  readonly onImage: (label: string, plan: () => Diff | null, nothing?: () => void) => void
  /** An edit of one annotation; refused while it is locked, unless `evenLocked`. */
  readonly onAnnotation: (label: string, id: number | null | undefined, plan: (annotation: Annotation) => Diff | null, evenLocked?: boolean) => void
  /** Without an id: one edit of all that are selected; the locked ones stay as they are, and it is said. */
  readonly onSelected: (label: string, id: number | undefined, plan: (annotation: Annotation) => Diff | null, evenLocked?: boolean) => void
  /** Makes the edits that waited for an undo. */
  readonly makeWaiting: () => void
  /** Forgets the edits that wait: another image is on screen. */
  readonly dropWaiting: () => void
}

export function createPerformEdits(core: EditorCore, queue: () => DiffQueue): PerformEdits {
  const { store, fields } = core
  let waiting: PlannedEdit[] = []

  const makeNow = ({ label, imageId, plan, nothing }: PlannedEdit) => {
    const mark = store.mark()
    const planned = imageId === null || imageId === mark?.id ? plan() : null
    if (planned === null) return nothing?.()
    const started = imageId !== null && mark !== null ? edits.startImage(planned, mark) : planned
    const diff = fields.signature === null ? started : edits.signDiff(started, fields.signature)
    store.apply(diff)
    // What was just drawn is what a person goes on with.
    const drawn = diff.added.filter(({ kind }) => kind === 'annotation')
    if (drawn.length > 0) {
      fields.selectedId = drawn[0].id
      fields.drawnId = DRAWING_TOOLS.has(label) ? drawn[0].id : null
      fields.alsoSelected = drawn.slice(1).map(({ id }) => id)
    }
    core.changed()
    queue().edit({ diff, imageId, label, ...(fields.project === null ? {} : { projectId: fields.project.id }) })
  }
  const makeWaiting = () => {
    while (waiting.length > 0 && !queue().stepping()) {
      const [next] = waiting
      waiting = waiting.slice(1)
      makeNow(next)
    }
  }
  const perform: PerformEdits['perform'] = (label, imageId, plan, nothing) => {
    fields.notice = null
    if (imageId !== null && fields.holder !== null) {
      nothing?.()
      return core.tell('heldBy', { name: fields.holder })
    }
    waiting = [...waiting, { label, imageId, plan, nothing }]
    makeWaiting()
  }
  const onImage: PerformEdits['onImage'] = (label, plan, nothing) => {
    const image = store.image()
    if (image !== null) perform(label, image.id, plan, nothing)
  }
  const onAnnotation: PerformEdits['onAnnotation'] = (label, id, plan, evenLocked = false) => {
    const annotation = id === null || id === undefined ? undefined : store.annotation(id)
    if (annotation === undefined) return
    if (annotation.locked && !evenLocked) return core.tell('locked')
    onImage(label, () => {
      const now = store.annotation(annotation.id)
      return now === undefined ? null : plan(now)
    })
  }

  return {
    perform,
    onImage,
    onAnnotation,
    onSelected(label, id, plan, evenLocked = false) {
      if (id !== undefined || fields.alsoSelected.length === 0) return onAnnotation(label, id ?? fields.selectedId, plan, evenLocked)
      const ids = core.selectedIds()
      const someLocked = !evenLocked && ids.some((one) => store.annotation(one)?.locked === true)
      onImage(label, () => {
        const diff = ids.reduce<Diff>((sum, one) => {
          const now = store.annotation(one)
          const planned = now === undefined || (now.locked && !evenLocked) ? null : plan(now)
          return planned === null ? sum : edits.joinDiffs(sum, planned)
        }, edits.EMPTY_DIFF)
        return diff.updated.length + diff.removed.length === 0 ? null : diff
      })
      if (someLocked) core.tell('locked')
    },
    makeWaiting,
    dropWaiting() { waiting = [] },
  }
}
