import type { Client } from '../../main/contract/client.ts'
import type { Diff, HistoryEntry } from '../../main/contract/diff.ts'
import type { EngineError } from '../../main/contract/errors.ts'
import type { ProjectInfo } from '../../main/contract/procedures.ts'
import type { Annotation } from '../../main/contract/records.ts'
import { CLASS_PALETTE } from '../theme/palette.ts'
import { createSurface } from './create-surface.ts'
import { type UnsentEdit, createDiffQueue } from './diff-queue.ts'
import { pasteDiff } from './clipboard.ts'
import { BRUSH_RADIUS_PX, type Editor, type EditorState, type Neighbours, type ToolName } from './editor-state.ts'
import * as edits from './record-edits.ts'
import { createRecordStore, keysOf } from './record-store.ts'
import { createReservedIds } from './reserved-ids.ts'
import { holdsEdit } from './holds-edit.ts'
import { type Thresholds, belowThreshold } from './score-threshold.ts'
import { moveInStack } from './stacking.ts'

/** ms in which several reasons to ask for the project's counts become one question */
const COUNTS_PAUSE_MS = 250

const LOCKED = 'This annotation is locked. Unlock it first (L).'
/** px by which a duplicate is moved right and down, so that it is seen */
const DUPLICATE_SHIFT_PX = 10

/** Tools that make objects, and the labels of what they make: a class key then is for the next object. */
const DRAWING_TOOLS: ReadonlySet<string> = new Set(['brush', 'eraser', 'polygon', 'box', 'wand'])

const NO_IDS = 'Nothing new can be added while the engine does not answer. Try again when the connection is back.'

/** The document of one page, on the engine behind `client`. Nothing is loaded until `reload`. */
export function createEditor(client: Client): Editor {
  const store = createRecordStore()
  const ids = createReservedIds(client)
  const listeners = new Set<() => void>()
  let project: ProjectInfo | null = null
  let mipLevels = 0
  let selectedId: number | null = null
  let alsoSelected: readonly number[] = []
  /** selected because it was just drawn, not because a person chose it */
  let drawnId: number | null = null
  let hidden: ReadonlySet<number> = new Set()
  let thresholds: Thresholds = new Map()
  let neighbours: Neighbours = 'keepLocked'
  let copies: readonly Annotation[] = []
  let tool: ToolName = 'select'
  let brushRadiusPx: number = BRUSH_RADIUS_PX.start
  let activeClassId: number | null = null
  let undo: HistoryEntry | null = null
  let redo: HistoryEntry | null = null
  let lastStep: EditorState['lastStep'] = null
  let saving: EditorState['saving'] = 'saved'
  let savingFailure: string | null = null
  let notice: string | null = null
  let loading = false
  let lost = false
  let opening = 0
  let closed = false
  let waiting: { label: string; imageId: number | null; plan: () => Diff | null; nothing: (() => void) | undefined }[] = []
  let countsTimer: ReturnType<typeof setTimeout> | undefined

  let visibleOf: { annotations: readonly Annotation[]; hidden: ReadonlySet<number>; visible: readonly Annotation[] } | null = null
  const visible = (): readonly Annotation[] => {
    const annotations = store.annotations()
    if (visibleOf?.annotations !== annotations || visibleOf.hidden !== hidden) {
      visibleOf = { annotations, hidden, visible: annotations.filter(({ id, state }) => state !== 'rejected' && !hidden.has(id)) }
    }
    return visibleOf.visible
  }

  const snapshot = (): EditorState => ({
    project, classes: store.classes(), image: store.image(), mipLevels, annotations: store.annotations(), selectedId, alsoSelected, hidden, thresholds, tool, neighbours, copied: copies.length,
    toolPath: surface.tools.path(), brushRadiusPx, activeClassId, undo, redo, lastStep, saving, failure: savingFailure ?? notice, loading,
  })
  const emit = () => {
    state = snapshot()
    for (const listener of listeners) listener()
  }
  /** After records, visibility or selection changed. */
  const changed = () => {
    if (selectedId !== null && store.annotation(selectedId) === undefined) selectedId = null
    const also = alsoSelected.filter((id) => id !== selectedId && store.annotation(id) !== undefined)
    if (also.length < alsoSelected.length) alsoSelected = also
    if (selectedId === null && alsoSelected.length > 0) [selectedId, ...alsoSelected] = alsoSelected
    if (activeClassId !== null && store.class(activeClassId) === undefined) activeClassId = null
    surface.sync()
    emit()
  }
  const say = (message: string) => {
    notice = message
    emit()
  }

  const makeNow = ({ label, imageId, plan, nothing }: (typeof waiting)[number]) => {
    const mark = store.mark()
    const planned = imageId === null || imageId === mark?.id ? plan() : null
    if (planned === null) return nothing?.()
    const diff = imageId !== null && mark !== null ? edits.startImage(planned, mark) : planned
    store.apply(diff)
    // What was just drawn is what a person goes on with.
    const drawn = diff.added.filter(({ kind }) => kind === 'annotation')
    if (drawn.length > 0) {
      selectedId = drawn[0].id
      drawnId = DRAWING_TOOLS.has(label) ? selectedId : null
      alsoSelected = drawn.slice(1).map(({ id }) => id)
    }
    changed()
    queue.edit({ diff, imageId, label, ...(project === null ? {} : { projectId: project.id }) })
  }
  const makeWaiting = () => {
    while (waiting.length > 0 && !queue.stepping()) {
      const [next] = waiting
      waiting = waiting.slice(1)
      makeNow(next)
    }
  }
  /** One edit of the open image, or of the class list. While an undo is under way it waits, since that may change what it builds on. */
  const perform = (label: string, imageId: number | null, plan: () => Diff | null, nothing?: () => void) => {
    notice = null
    waiting = [...waiting, { label, imageId, plan, nothing }]
    makeWaiting()
  }
  const onImage = (label: string, plan: () => Diff | null, nothing?: () => void) => {
    const image = store.image()
    if (image !== null) perform(label, image.id, plan, nothing)
  }
  /** An edit of one annotation; refused while it is locked, unless `evenLocked`. */
  const onAnnotation = (label: string, id: number | null | undefined, plan: (annotation: Annotation) => Diff | null, evenLocked = false) => {
    const annotation = id === null || id === undefined ? undefined : store.annotation(id)
    if (annotation === undefined) return
    if (annotation.locked && !evenLocked) return say(LOCKED)
    onImage(label, () => {
      const now = store.annotation(annotation.id)
      return now === undefined ? null : plan(now)
    })
  }
  const takeId = (): number | null => {
    const id = ids.take()
    if (id === null) say(NO_IDS)
    return id
  }

  const setSelected = (id: number | null) => {
    if (id === selectedId && alsoSelected.length === 0) return
    selectedId = id
    alsoSelected = []
    changed()
  }
  const toggle = (id: number) => {
    if (id === selectedId) [selectedId = null, ...alsoSelected] = alsoSelected
    else if (alsoSelected.includes(id)) alsoSelected = alsoSelected.filter((one) => one !== id)
    else if (selectedId === null) selectedId = id
    else alsoSelected = [...alsoSelected, id]
    changed()
  }
  const selectedIds = (): readonly number[] => (selectedId === null ? [] : [selectedId, ...alsoSelected])
  const selection = (): readonly Annotation[] => {
    const seen = new Map(visible().map((annotation) => [annotation.id, annotation]))
    return selectedIds().flatMap((id) => seen.get(id) ?? [])
  }
  const put = (label: string, given: readonly Annotation[], shiftPx: number) => {
    const image = store.image()
    const taken = image === null ? [] : given.flatMap(() => takeId() ?? [])
    if (image === null || given.length === 0 || taken.length < given.length) return
    onImage(label, () => {
      const diff = pasteDiff(given, taken, image, (store.annotations().at(-1)?.z ?? 0) + 1, shiftPx, (id) => store.class(id) !== undefined)
      return diff.added.length === 0 ? null : diff
    })
  }
  /** Without an id: one edit of all that are selected; the locked ones stay as they are, and it is said. */
  const onSelected = (label: string, id: number | undefined, plan: (annotation: Annotation) => Diff | null, evenLocked = false) => {
    if (id !== undefined || alsoSelected.length === 0) return onAnnotation(label, id ?? selectedId, plan, evenLocked)
    const ids = selectedIds()
    if (!evenLocked && ids.some((one) => store.annotation(one)?.locked === true)) say(LOCKED)
    onImage(label, () => {
      const diff = ids.reduce<Diff>((sum, one) => {
        const now = store.annotation(one)
        const planned = now === undefined || (now.locked && !evenLocked) ? null : plan(now)
        return planned === null ? sum : edits.joinDiffs(sum, planned)
      }, edits.EMPTY_DIFF)
      return diff.updated.length + diff.removed.length === 0 ? null : diff
    })
  }

  const surface = createSurface({
    image: () => store.image(),
    annotation: (id) => store.annotation(id),
    visible,
    selectedId: () => selectedId,
    selection,
    toggle,
    neighbours: () => neighbours,
    select: setSelected,
    brushRadiusPx: () => brushRadiusPx,
    activeClassId: () => activeClassId,
    frontZ: () => (store.annotations().at(-1)?.z ?? 0) + 1,
    takeId,
    perform: onImage,
    say,
    toolMoved: () => { if (surface.tools.path() !== state.toolPath) emit() },
  }, tool)

  /** Shows what the engine has of the open image, with what it has not got yet on top. */
  const load = async (imageId: number, keepView: boolean): Promise<void> => {
    const mine = ++opening
    loading = true
    emit()
    try {
      const answer = await client.call('image.open', { imageId })
      if (mine !== opening || closed) return
      const before = store.image()
      store.loadImage(answer.image, answer.annotations)
      for (const edit of queue.unsent()) store.apply(edit.diff)
      mipLevels = answer.mipLevels
      undo = answer.undo
      redo = answer.redo
      if (!keepView) {
        selectedId = null
        alsoSelected = []
        hidden = belowThreshold(store.annotations(), thresholds)
        notice = null
        waiting = []
      }
      loading = false
      if (!keepView || before?.width !== answer.image.width || before.height !== answer.image.height) surface.open(answer.image)
      changed()
    } catch (error) {
      if (mine !== opening || closed) return
      loading = false
      say(`The image could not be opened: ${messageOf(error)}`)
    }
  }

  const loadProject = async (): Promise<void> => {
    const before = project?.id
    try {
      project = await client.call('project.info', {})
    } catch (error) {
      if (codeOf(error) === 'no-project') project = null
      else return say(`The project could not be read: ${messageOf(error)}`)
    }
    if (project?.id !== before) {
      opening++
      store.loadImage(null, [])
      surface.open(null)
      undo = redo = selectedId = null
      alsoSelected = []
      copies = []
      mipLevels = 0
      loading = false
      if (project !== null) await ids.renew()
    }
    store.loadClasses(project?.classes ?? [])
    for (const edit of queue.unsent()) store.apply(edit.diff)
    if (project?.id !== before) activeClassId = store.classes().at(0)?.id ?? null
    changed()
  }

  /** Counts of the project and the row of the open image, soon. */
  const countAgain = () => {
    countsTimer ??= setTimeout(() => {
      countsTimer = undefined
      void (async () => {
        try {
          const image = store.image()
          const info = await client.call('project.info', {})
          if (info.id === project?.id) project = info
          const { offset } = image === null ? { offset: null } : await client.call('images.place', { imageId: image.id })
          const rows = offset === null ? [] : (await client.call('images.page', { offset, limit: 1 })).rows
          if (closed) return
          const row = rows.at(0)
          const earlier = store.image()
          if (row !== undefined && row.id === earlier?.id && row.revision !== earlier.revision) await load(row.id, true)
          else {
            if (row !== undefined) store.loadRow(row)
            emit()
          }
        } catch {
          // Counts are a convenience; the next reason to count asks again.
        }
      })()
    }, COUNTS_PAUSE_MS)
  }

  const queue = createDiffQueue(client, {
    stored(edit, steps) {
      if (edit.imageId === null || edit.imageId === store.image()?.id) {
        undo = steps.undo
        redo = steps.redo
      }
      if (edit.diff.updated.some(([from]) => from.kind === 'image')) countAgain()
      emit()
    },
    step(edit, { imageId, label }) {
      store.apply(edit.diff)
      lastStep = { direction: edit.undoes === undefined ? 'redo' : 'undo', imageId, label }
      changed()
    },
    async wasStored(edit) {
      try {
        const stored = edit.imageId === null ? (await client.call('classes.list', {})).classes : (await client.call('image.open', { imageId: edit.imageId }))
        return holdsEdit(edit.diff, Array.isArray(stored) ? stored : [...stored.annotations, { kind: 'image', ...stored.image }])
      } catch {
        return false
      }
    },
    async refused(lostEdits, error) {
      const image = store.image()
      if (lostEdits.some(({ diff }) => [...keysOf(diff)].some((key) => key.startsWith('class:')))) await loadProject()
      if (image !== null && lostEdits.some((edit) => edit.imageId === image.id)) await load(image.id, true)
      say(refusal(lostEdits, error))
    },
    saving(next, failure) {
      const message = failure === null ? null : `Not saved yet: ${failure}. Your edits are kept here and sent again.`
      if (saving === next && savingFailure === message) return
      saving = next
      savingFailure = message
      emit()
    },
    stepFailed: (direction, error) => say(`${direction === 'undo' ? 'Undo' : 'Redo'} did not work: ${error.message}`),
  })

  const step = async (direction: 'undo' | 'redo') => {
    if (lost) return say(`${direction === 'undo' ? 'Undo' : 'Redo'} needs the engine, and the connection to it is lost. Try again when it is back.`)
    notice = null
    await queue.step(store.image()?.id ?? null, direction)
    makeWaiting()
  }

  const unsubscribe = [
    client.on('records.changed', ({ diff }) => {
      store.apply(diff, queue.unsentKeys())
      changed()
    }),
    client.on('images.changed', ({ imageIds }) => {
      countAgain()
      // an import or a sync may have changed anything, the image on screen too
      if (imageIds === null) void queue.settled().then(() => editor.reload())
    }),
    client.on('project.changed', () => { void loadProject() }),
    client.onConnection((connection) => {
      const back = lost && connection === 'open'
      lost = connection === 'lost'
      if (!back) return
      queue.retry()
      void queue.settled().then(() => editor.reload())
    }),
  ]

  const editor: Editor = {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => { listeners.delete(listener) }
    },
    surface: surface.surface,

    async openImage(id) {
      surface.tools.cancel()
      if (id !== null) return load(id, false)
      opening++
      loading = false
      store.loadImage(null, [])
      selectedId = undo = redo = null
      alsoSelected = []
      mipLevels = 0
      surface.open(null)
      changed()
    },
    async reload() {
      await loadProject()
      const image = store.image()
      if (image !== null) await load(image.id, true)
    },
    flush: () => queue.settled(),
    close() {
      closed = true
      for (const off of unsubscribe) off()
      clearTimeout(countsTimer)
      queue.close()
    },

    select(id) {
      drawnId = null
      setSelected(id)
    },
    toggle,
    selectNext(by) {
      const order = [...visible()].reverse()
      if (order.length === 0) return setSelected(null)
      const place = order.findIndex(({ id }) => id === selectedId)
      const next = place < 0 ? (by > 0 ? 0 : order.length - 1) : (place + by + order.length) % order.length
      drawnId = null
      setSelected(order[next].id)
    },
    setTool(next) {
      tool = next
      surface.tools.take(next)
      emit()
    },
    setActiveClass(classId) {
      activeClassId = classId
      changed()
    },
    chooseClass(classId) {
      activeClassId = classId
      // while drawing goes on, the class is for what is drawn next; what was just drawn keeps the one it was drawn with
      if (selectedId !== null && selectedId === drawnId && DRAWING_TOOLS.has(tool)) return setSelected(null)
      onSelected('class', undefined, (annotation) => edits.editClass(annotation, classId))
      changed()
    },
    setBrushRadius(radiusPx) {
      brushRadiusPx = Math.min(BRUSH_RADIUS_PX.max, Math.max(BRUSH_RADIUS_PX.min, radiusPx))
      surface.brushChanged()
      emit()
    },
    resize(by) {
      if (!surface.tools.resize(by)) editor.setBrushRadius(brushRadiusPx + by)
    },
    setNeighbours(next) {
      neighbours = next
      emit()
    },

    operate: (operation) => surface.tools.operate(operation),
    copy() {
      const chosen = new Set(selection().map(({ id }) => id))
      copies = store.annotations().filter(({ id }) => chosen.has(id))
      emit()
    },
    paste: () => put('paste', copies, 0),
    duplicate() {
      const chosen = new Set(selection().map(({ id }) => id))
      put('duplicate', store.annotations().filter(({ id }) => chosen.has(id)), DUPLICATE_SHIFT_PX)
    },
    restack: (move) => onImage('restack', () => moveInStack(store.annotations(), new Set(selectedIds()), move)),

    accept(id) {
      if (id === undefined && surface.tools.commit()) return
      onSelected('accept', id, edits.acceptAnnotation, true)
    },
    acceptAllShown() {
      onImage('acceptAll', () => {
        const accepted = visible().filter(({ state: now }) => now === 'pending').map(edits.acceptAnnotation)
        const diff = accepted.reduce<Diff>((sum, one) => (one === null ? sum : edits.joinDiffs(sum, one)), edits.EMPTY_DIFF)
        return diff.updated.length === 0 ? null : diff
      })
    },
    reject(id) {
      if (id === undefined && surface.tools.dropLast()) return
      const target = id ?? selectedId
      onSelected('reject', id, edits.rejectAnnotation)
      if (target !== selectedId || target === null || visible().some((one) => one.id === target)) return
      // On to the next proposal, so that a row of bad ones goes with one key; never on to what a person made.
      setSelected(visible().findLast(({ state: now }) => now === 'pending')?.id ?? null)
    },
    setClass: (annotationId, classId) => onAnnotation('class', annotationId, (annotation) => edits.editClass(annotation, classId)),
    hide(id) {
      const target = id ?? selectedId
      if (target === null || store.annotation(target) === undefined) return
      const next = new Set(hidden)
      if (!next.delete(target)) next.add(target)
      hidden = next
      if (next.has(target) && target === selectedId) selectedId = null
      changed()
    },
    setThreshold(classIds, score) {
      const before = belowThreshold(store.annotations(), thresholds)
      const next = new Map(thresholds)
      for (const classId of classIds) {
        if (score > 0) next.set(classId, score)
        else next.delete(classId)
      }
      thresholds = next
      const below = belowThreshold(store.annotations(), thresholds)
      hidden = new Set([...[...hidden].filter((id) => !before.has(id)), ...below])
      if (selectedId !== null && below.has(selectedId)) selectedId = null
      changed()
    },
    showAll() {
      hidden = new Set()
      thresholds = new Map()
      changed()
    },
    lock: (id) => onSelected('lock', id, (annotation) => edits.flagAnnotation(annotation, { locked: !annotation.locked }), true),
    crowd: (id) => onSelected('crowd', id, (annotation) => edits.flagAnnotation(annotation, { crowd: !annotation.crowd })),

    addClass(given) {
      const name = given.trim()
      if (!nameIsFree(name, null)) return null
      const id = takeId()
      if (id === null) return null
      perform('classList', null, () => {
        const classes = store.classes()
        const used = new Set(classes.map(({ colour }) => colour))
        const { colour } = CLASS_PALETTE.find((entry) => !used.has(entry.colour)) ?? CLASS_PALETTE[classes.length % CLASS_PALETTE.length]
        return edits.addClassRecord(id, name, colour, (classes.at(-1)?.order ?? -1) + 1)
      })
      editor.setActiveClass(id)
      return id
    },
    updateClass(id, patch) {
      const name = patch.name?.trim()
      if (name !== undefined && !nameIsFree(name, id)) return
      perform('classList', null, () => {
        const now = store.class(id)
        return now === undefined ? null : edits.editClassRecord(now, name === undefined ? patch : { ...patch, name })
      })
    },

    moveClass(id, by) {
      perform('classList', null, () => {
        const order = [...store.classes()]
        const from = order.findIndex((one) => one.id === id)
        const to = from + by
        if (from < 0 || to < 0 || to >= order.length) return null
        order.splice(to, 0, ...order.splice(from, 1))
        return order.reduce<Diff>((sum, one, place) => (one.order === place ? sum : edits.joinDiffs(sum, edits.editClassRecord(one, { order: place }))), edits.EMPTY_DIFF)
      })
    },

    markDone: () => editor.setImageState('done'),
    setImageState(next) {
      onImage(next === 'done' ? 'done' : 'imageState', () => {
        const mark = store.mark()
        return mark === null ? null : edits.markImage(mark, next)
      })
    },

    async undo() {
      if (!surface.tools.dropLast()) await step('undo')
    },
    redo: () => step('redo'),
    cancelTool: () => { if (!surface.tools.cancel()) setSelected(null) },
    commitTool: () => surface.tools.commit(),
    dismissFailure() {
      notice = null
      emit()
    },
  }

  function nameIsFree(name: string, except: number | null): boolean {
    if (name === '') say('A class needs a name.')
    else if (store.classes().some((one) => one.name === name && one.id !== except)) say(`There is a class “${name}” already. Give this one another name.`)
    else return true
    return false
  }

  let state: EditorState = snapshot()
  return editor
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const codeOf = (error: unknown): string | undefined => (error instanceof Error && 'code' in error ? String(error.code) : undefined)

function refusal(lost: readonly UnsentEdit[], error: EngineError): string {
  const what = lost.length === 1 ? `The last edit (${lost[0].label}) was` : `The last ${lost.length} edits (${[...new Set(lost.map(({ label }) => label))].join(', ')}) were`
  const why = error.code === 'stale' ? 'the same object was changed elsewhere meanwhile (another window, the pre-label job or an import)' : error.message
  return `${what} not kept: ${why}. What is shown now is what is stored; please do it again.`
}
