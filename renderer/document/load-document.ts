import type { Client } from '../../main/contract/client.ts'
import type { SurfaceControl } from './create-surface.ts'
import type { DiffQueue } from './diff-queue.ts'
import type { EditorCore } from './editor-core.ts'
import { reasonOf } from './reason-of.ts'
import type { PerformEdits } from './perform-edits.ts'
import type { ReservedIds } from './reserved-ids.ts'
import { belowThreshold } from './score-threshold.ts'

/** ms in which several reasons to ask for the project's counts become one question */
const COUNTS_PAUSE_MS = 250

/** What the document has from the engine: the project with its class list, and one image. */
export interface LoadDocument {
  /** The project and its classes as the engine has them. */
  readonly project: () => Promise<void>
  /** Shows what the engine has of an image, with what it has not got yet on top; a later call wins. */
  readonly image: (imageId: number, keepView: boolean) => Promise<void>
  /** No image is shown any more. */
  readonly closeImage: () => void
  /** Project, classes and image anew. */
  readonly reload: () => Promise<void>
  /** Counts of the project and the row of the open image, soon. */
  readonly countAgain: () => void
  readonly close: () => void
}

/** What loading works with besides the core; asked for when it is needed, since some of it is made later. */
export interface LoadingParts {
  readonly client: Client
  readonly ids: ReservedIds
  readonly queue: () => DiffQueue
  readonly edits: () => PerformEdits
  readonly surface: () => SurfaceControl
}

export function createLoadDocument(core: EditorCore, { client, ids, queue, edits, surface }: LoadingParts): LoadDocument {
  const { store, fields } = core
  let opening = 0
  let closed = false
  let countsTimer: ReturnType<typeof setTimeout> | undefined

  const showUnsent = () => { for (const edit of queue().unsent()) store.apply(edit.diff) }

  const noImage = () => {
    opening++
    store.loadImage(null, [])
    surface().open(null)
    core.clearSelection()
    fields.undo = fields.redo = null
    fields.mipLevels = 0
    fields.loading = false
  }

  const image: LoadDocument['image'] = async (imageId, keepView) => {
    const mine = ++opening
    fields.loading = true
    core.emit()
    try {
      const answer = await client.call('image.open', { imageId })
      if (mine !== opening || closed) return
      const before = store.image()
      store.loadImage(answer.image, answer.annotations, answer.comments)
      showUnsent()
      fields.mipLevels = answer.mipLevels
      fields.undo = answer.undo
      fields.redo = answer.redo
      if (!keepView) {
        core.clearSelection()
        fields.hidden = belowThreshold(store.annotations(), fields.thresholds)
        fields.notice = null
        edits().dropWaiting()
      }
      fields.loading = false
      if (!keepView || before?.width !== answer.image.width || before.height !== answer.image.height) surface().open(answer.image)
      core.changed()
    } catch (error) {
      if (mine !== opening || closed) return
      fields.loading = false
      core.tell('imageNotOpened', { reason: reasonOf(error, core.words) })
    }
  }

  const project: LoadDocument['project'] = async () => {
    const before = fields.project?.id
    try {
      fields.project = await client.call('project.info', {})
    } catch (error) {
      if (codeOf(error) === 'no-project') fields.project = null
      else return core.tell('projectNotRead', { reason: reasonOf(error, core.words) })
    }
    const another = fields.project?.id !== before
    if (another) {
      noImage()
      fields.copies = []
      if (fields.project !== null) await ids.renew()
    }
    store.loadClasses(fields.project?.classes ?? [])
    showUnsent()
    if (another) fields.activeClassId = store.classes().at(0)?.id ?? null
    core.changed()
  }

  const count = async (): Promise<void> => {
    const open = store.image()
    const info = await client.call('project.info', {})
    if (info.id === fields.project?.id) fields.project = info
    const { offset } = open === null ? { offset: null } : await client.call('images.place', { imageId: open.id })
    const rows = offset === null ? [] : (await client.call('images.page', { offset, limit: 1 })).rows
    if (closed) return
    const row = rows.at(0)
    const earlier = store.image()
    if (row !== undefined && row.id === earlier?.id && row.revision !== earlier.revision) return image(row.id, true)
    if (row !== undefined) store.loadRow(row)
    core.emit()
  }

  return {
    project,
    image,
    closeImage() {
      noImage()
      core.changed()
    },
    async reload() {
      await project()
      const open = store.image()
      if (open !== null) await image(open.id, true)
    },
    countAgain() {
      countsTimer ??= setTimeout(() => {
        countsTimer = undefined
        // Counts are a convenience; the next reason to count asks again.
        void count().catch(() => undefined)
      }, COUNTS_PAUSE_MS)
    },
    close() {
      closed = true
      clearTimeout(countsTimer)
    },
  }
}

const codeOf = (error: unknown): string | undefined => (error instanceof Error && 'code' in error ? String(error.code) : undefined)
