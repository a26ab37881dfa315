import type { Client } from '../../main/contract/client.ts'
import { StaleBy, type EngineError } from '../../main/contract/errors.ts'
import { markOf } from '../../main/contract/images.ts'
import type { QueueListener, UnsentEdit } from './diff-queue.ts'
import type { EditorCore } from './editor-core.ts'
import { holdsEdit } from './holds-edit.ts'
import type { LoadDocument } from './load-document.ts'
import { reasonOf } from './reason-of.ts'
import { keysOf } from './record-store.ts'

/** What the document does when the queue of its edits says something. */
export function followQueue(client: Client, core: EditorCore, load: LoadDocument): QueueListener {
  const { store, fields } = core
  const nameOf = (label: string): string => core.words(`edit.${label}`, { defaultValue: label })
  const changedMeanwhile = (details: unknown): string => {
    const last = StaleBy.safeParse(details)
    return last.success ? core.words('said.changedBy', { name: last.data.by.name, what: nameOf(last.data.by.label) }) : core.words('said.changedElsewhere')
  }
  const sayRefused = (lost: readonly UnsentEdit[], error: EngineError) => {
    const edits = [...new Set(lost.map(({ label }) => nameOf(label)))].join(', ')
    const reason = error.code === 'stale' ? changedMeanwhile(error.details) : reasonOf(error, core.words)
    core.tell(lost.length === 1 ? 'editRefused' : 'editsRefused', { edits, count: lost.length, reason })
  }
  return {
    stored(edit, steps) {
      if (edit.imageId === null || edit.imageId === store.image()?.id) {
        fields.undo = steps.undo
        fields.redo = steps.redo
      }
      if (edit.diff.updated.some(([from]) => from.kind === 'image')) load.countAgain()
      core.emit()
    },
    step(edit, { imageId, label }) {
      store.apply(edit.diff)
      fields.lastStep = { direction: edit.undoes === undefined ? 'redo' : 'undo', imageId, label }
      core.changed()
    },
    async wasStored(edit) {
      try {
        const stored = edit.imageId === null ? (await client.call('classes.list', {})).classes : (await client.call('image.open', { imageId: edit.imageId }))
        return holdsEdit(edit.diff, Array.isArray(stored) ? stored : [...stored.annotations, ...stored.comments, markOf(stored.image)])
      } catch {
        return false
      }
    },
    async refused(lostEdits, error) {
      const image = store.image()
      if (lostEdits.some(({ diff }) => [...keysOf(diff)].some((key) => key.startsWith('class:')))) await load.project()
      if (image !== null && lostEdits.some((edit) => edit.imageId === image.id)) await load.image(image.id, true)
      sayRefused(lostEdits, error)
    },
    saving(next, failure) {
      const message = failure === null ? null : core.words('said.notSaved', { reason: reasonOf(failure, core.words) })
      if (fields.saving === next && fields.savingFailure === message) return
      fields.saving = next
      fields.savingFailure = message
      core.emit()
    },
    stepFailed: (direction, error) => core.tell(direction === 'undo' ? 'undoFailed' : 'redoFailed', { reason: reasonOf(error, core.words) }),
  }
}
