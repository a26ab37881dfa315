import type { Diff } from '../../main/contract/diff.ts'
import type { Annotation } from '../../main/contract/records.ts'
import { pasteDiff } from './clipboard.ts'
import type { SurfaceControl } from './create-surface.ts'
import type { EditorCore } from './editor-core.ts'
import type { Editor } from './editor-state.ts'
import { DRAWING_TOOLS, type PerformEdits } from './perform-edits.ts'
import * as edits from './record-edits.ts'
import { moveInStack } from './stacking.ts'

/** px by which a duplicate is moved right and down, so that it is seen */
const DUPLICATE_SHIFT_PX = 10

/** Tools that never go on with the selected annotation. */
const NEW_OBJECTS: ReadonlySet<string> = new Set(['polygon', 'box', 'smartClick'])

type Names = 'operate' | 'snap' | 'copy' | 'paste' | 'duplicate' | 'restack' | 'accept' | 'acceptAllShown' | 'reject' | 'setClass' | 'chooseClass' | 'lock' | 'crowd'

/** What a person does to the annotations of the open image. */
export function annotationCommands(core: EditorCore, { onImage, onAnnotation, onSelected }: PerformEdits, surface: SurfaceControl): Pick<Editor, Names> {
  const { store, fields } = core
  const chosen = (): readonly Annotation[] => {
    const ids = new Set(core.selection().map(({ id }) => id))
    return store.annotations().filter(({ id }) => ids.has(id))
  }
  const put = (label: string, given: readonly Annotation[], shiftPx: number) => {
    const image = store.image()
    const taken = image === null ? [] : given.flatMap(() => core.takeId() ?? [])
    if (image === null || given.length === 0 || taken.length < given.length) return
    onImage(label, () => {
      const diff = pasteDiff(given, taken, image, (store.annotations().at(-1)?.z ?? 0) + 1, shiftPx, (id) => store.class(id) !== undefined)
      return diff.added.length === 0 ? null : diff
    })
  }

  return {
    operate: (operation) => surface.tools.operate(operation),
    snap: () => surface.tools.snap(),
    copy() {
      fields.copies = chosen()
      core.emit()
    },
    paste: () => put('paste', fields.copies, 0),
    duplicate: () => put('duplicate', chosen(), DUPLICATE_SHIFT_PX),
    restack: (move) => onImage('restack', () => moveInStack(store.annotations(), new Set(core.selectedIds()), move)),

    accept(id) {
      if (id === undefined && surface.tools.commit()) return
      onSelected('accept', id, edits.acceptAnnotation, true)
    },
    acceptAllShown(only) {
      onImage('acceptAll', () => {
        const accepted = core.visible().filter(({ id, state }) => state === 'pending' && (only?.has(id) ?? true)).map(edits.acceptAnnotation)
        const diff = accepted.reduce<Diff>((sum, one) => (one === null ? sum : edits.joinDiffs(sum, one)), edits.EMPTY_DIFF)
        return diff.updated.length === 0 ? null : diff
      })
    },
    reject(id) {
      if (id === undefined && surface.tools.dropLast()) return
      const target = id ?? fields.selectedId
      onSelected('reject', id, edits.rejectAnnotation)
      if (target !== fields.selectedId || target === null || core.visible().some((one) => one.id === target)) return
      // On to the next proposal, so that a row of bad ones goes with one key; never on to what a person made.
      core.select(core.visible().findLast(({ state }) => state === 'pending')?.id ?? null)
    },
    setClass: (annotationId, classId) => onAnnotation('class', annotationId, (annotation) => edits.editClass(annotation, classId)),
    chooseClass(classId) {
      fields.activeClassId = classId
      // what is half done is a new object, and the class is its own
      if (NEW_OBJECTS.has(fields.tool) && surface.tools.path().startsWith(`${fields.tool}.`) && surface.tools.busy()) return core.changed()
      // while drawing goes on, the class is for what is drawn next; what was just drawn keeps the one it was drawn with
      if (fields.selectedId !== null && fields.selectedId === fields.drawnId && DRAWING_TOOLS.has(fields.tool)) return core.select(null)
      onSelected('class', undefined, (annotation) => edits.editClass(annotation, classId))
      core.changed()
    },
    lock: (id) => onSelected('lock', id, (annotation) => edits.flagAnnotation(annotation, { locked: !annotation.locked }), true),
    crowd: (id) => onSelected('crowd', id, (annotation) => edits.flagAnnotation(annotation, { crowd: !annotation.crowd })),
  }
}
