import type { Client } from '../../main/contract/client.ts'
import { annotationCommands } from './annotation-commands.ts'
import { createToolQuestions } from './tool-questions.ts'
import { classCommands } from './class-commands.ts'
import { type SurfaceControl, createSurface } from './create-surface.ts'
import { type DiffQueue, createDiffQueue } from './diff-queue.ts'
import { createEditorCore } from './editor-core.ts'
import type { Editor } from './editor-state.ts'
import { followQueue } from './follow-queue.ts'
import { imageCommands } from './image-commands.ts'
import { createLoadDocument } from './load-document.ts'
import { createPerformEdits } from './perform-edits.ts'
import { reasonOf } from './reason-of.ts'
import { createRecordStore } from './record-store.ts'
import { createReservedIds } from './reserved-ids.ts'
import { viewCommands } from './view-commands.ts'
import { OF_A_TURN, type Words } from './words.ts'

/** The document of one page, on the engine behind `client`. Nothing is loaded until `reload`. @param words for what has to be said to the person */
export function createEditor(client: Client, words: Words): Editor {
  const store = createRecordStore()
  const ids = createReservedIds(client)
  const core = createEditorCore(store, ids, words, () => surface)
  const { fields } = core
  const edits = createPerformEdits(core, () => queue)
  const load = createLoadDocument(core, { client, ids, queue: () => queue, edits: () => edits, surface: () => surface })
  const queue: DiffQueue = createDiffQueue(client, followQueue(client, core, load))
  const surface: SurfaceControl = createSurface({
    image: () => store.image(),
    annotation: (id) => store.annotation(id),
    visible: core.visible,
    selectedId: () => fields.selectedId,
    selection: core.selection,
    toggle: core.toggle,
    neighbours: () => fields.neighbours,
    select: core.select,
    brushRadiusPx: () => fields.brushRadiusPx,
    activeClassId: () => fields.activeClassId,
    frontZ: () => (store.annotations().at(-1)?.z ?? 0) + 1,
    takeId: core.takeId,
    perform: edits.onImage,
    ask: (question) => questions.click(store.image()?.id ?? 0, question),
    askSnap: (mask, reachPx) => questions.snap(store.image()?.id ?? 0, mask, reachPx),
    tell: core.tell,
    toolMoved: () => { if (surface.tools.path() !== core.state().toolPath || surface.tools.amount()?.value !== core.state().toolAmount?.value) core.emit() },
  }, fields.tool)
  const questions = createToolQuestions(client, (ticket, answer) => surface.tools.answered(ticket, answer), (what, error) => core.tell(what === 'click' ? 'clickFailed' : 'snapFailed', { reason: reasonOf(error, words) }))
  let lost = false

  const reloadWhenSaved = () => { void queue.settled().then(load.reload) }
  const step = async (direction: 'undo' | 'redo') => {
    const undoes = direction === 'undo'
    if (lost) return core.tell(undoes ? 'undoNeedsEngine' : 'redoNeedsEngine')
    if (fields.holder !== null) return core.tell(undoes ? 'heldUndo' : 'heldRedo', { name: fields.holder })
    fields.notice = null
    await queue.step(store.image()?.id ?? null, direction)
    edits.makeWaiting()
  }

  const unsubscribe = [
    client.on('records.changed', ({ diff }) => {
      store.apply(diff, queue.unsentKeys())
      core.changed()
    }),
    client.on('proposals.renamed', ({ imageId, names }) => {
      store.rename(imageId, names)
      core.changed()
    }),
    client.on('images.changed', ({ imageIds }) => {
      load.countAgain()
      // an import or a sync may have changed anything, the image on screen too
      if (imageIds === null) reloadWhenSaved()
    }),
    client.on('project.changed', () => { void load.project() }),
    client.onConnection((connection) => {
      const back = lost && connection === 'open'
      lost = connection !== 'open'
      if (!back) return
      queue.retry()
      reloadWhenSaved()
    }),
  ]

  return {
    state: core.state,
    subscribe: core.subscribe,
    surface: surface.surface,

    async openImage(id) {
      surface.tools.cancel()
      if (id === null) load.closeImage()
      else await load.image(id, false)
    },
    setHolder(name) {
      if (fields.holder === name) return
      // what it said of whose turn it is, is over
      if (fields.notice !== null && OF_A_TURN.has(fields.notice.key)) fields.notice = null
      fields.holder = name
      surface.tools.cancel()
      core.emit()
    },
    signAs(name) { fields.signature = name },
    reload: load.reload,
    flush: () => queue.settled(),
    close() {
      for (const off of unsubscribe) off()
      load.close()
      queue.close()
    },

    ...viewCommands(core, surface),
    ...annotationCommands(core, edits, surface),
    ...classCommands(core, edits),
    ...imageCommands(core, edits),

    async undo() {
      if (!surface.tools.dropLast()) await step('undo')
    },
    redo: () => step('redo'),
    cancelTool: () => { if (!surface.tools.cancel()) core.select(null) },
    giveUp: () => surface.tools.cancel(),
    commitTool: () => surface.tools.commit(),
  }
}
