import type { Mask } from '../../../main/masks/mask.ts'
import { growMask } from '../../../main/masks/grow.ts'
import type { Client, Connection } from '../../../main/contract/client.ts'
import { type Diff, type HistoryEntry, invertDiff } from '../../../main/contract/diff.ts'
import { EngineError, type ErrorCode } from '../../../main/contract/errors.ts'
import type { EngineEvent } from '../../../main/contract/events.ts'
import type { ImageRow } from '../../../main/contract/images.ts'
import type { ProcedureName } from '../../../main/contract/procedures.ts'
import type { Annotation, LabelClass, ProjectRecord } from '../../../main/contract/records.ts'
import { newMark } from '../new-mark.ts'

export const keyOf = (record: ProjectRecord): string => `${record.kind}:${record.id}`

interface Entry { row: HistoryEntry; diff: Diff }

/** The engine's meaning of records and history, in memory: versions are checked, edits are stored with their history. */
export class FakeEngine {
  readonly records = new Map<string, ProjectRecord>()
  readonly history: Entry[] = []
  readonly calls: { name: ProcedureName; input: unknown }[] = []
  rows: ImageRow[] = []
  mipLevels = 1
  /** the next calls of these procedures fail so; 'lost-answer': carried out, and then the answer is lost */
  failures = new Map<ProcedureName, (ErrorCode | 'lost-answer')[]>()
  /** images that somebody else is editing: edits of them are refused */
  readonly heldImages = new Set<number | null>()
  /** details of a stale edit's refusal: whose the last edit was */
  staleBy: { readonly by: { readonly name: string; readonly label: string } } | undefined
  /** holds every answer back until released */
  #gate: Promise<void> = Promise.resolve()
  #nextId = 1000
  #events = new Set<(event: EngineEvent) => void>()
  #connection = new Set<(state: Connection) => void>()

  addImage(id: number, width: number, height: number): void {
    this.rows.push({ id, folderId: 1, path: `${id}.jpg`, width, height, state: 'new', version: 0, ticked: null, pending: 0, kept: 0, missing: false, problem: null, remark: null, revision: 0, uncertainty: null, assignee: null, reviewer: null, review: null, comments: 0, openComments: 0 })
    this.put(newMark(id))
  }

  put(record: ProjectRecord): void {
    this.records.set(keyOf(record), record)
  }

  annotation(id: number): Annotation | undefined {
    const record = this.records.get(`annotation:${id}`)
    return record?.kind === 'annotation' ? record : undefined
  }

  /** Blocks every answer until the returned function is called. */
  hold(): () => void {
    let release = () => {}
    this.#gate = new Promise((resolve) => { release = resolve })
    return release
  }

  connection(state: Connection): void {
    for (const listener of this.#connection) listener(state)
  }

  emit(event: EngineEvent): void {
    for (const listener of this.#events) listener(event)
  }

  /** An edit by somebody else: stored, and told to the page. */
  editElsewhere(imageId: number, diff: Diff): void {
    this.#write(diff)
    this.emit({ name: 'records.changed', data: { imageId, diff } })
  }

  readonly client: Client = {
    call: async (name, input) => {
      this.calls.push({ name, input })
      await this.#gate
      const failure = this.failures.get(name)?.shift()
      if (failure !== undefined && failure !== 'lost-answer') throw new EngineError(failure, `made to fail: ${failure}`)
      if (name === 'diff.apply' && this.heldImages.has((input as { imageId: number | null }).imageId)) throw new EngineError('in-use', 'somebody is editing this image')
      const answer = this.#answer(name, structuredClone(input))
      if (failure === 'lost-answer') throw new EngineError('unavailable', 'the connection broke')
      return answer as never
    },
    on: (name, listener) => {
      const wrapped = (event: EngineEvent) => { if (event.name === name) listener(event.data as never) }
      this.#events.add(wrapped)
      return () => { this.#events.delete(wrapped) }
    },
    onConnection: (listener) => {
      this.#connection.add(listener)
      return () => { this.#connection.delete(listener) }
    },
  }

  #row(id: number): ImageRow {
    const row = this.rows.find((one) => one.id === id)
    const mark = this.records.get(`image:${id}`)
    if (row === undefined || mark?.kind !== 'image') throw new EngineError('not-found', `no image ${id}`)
    const { kind: _, ...said } = mark
    return { ...row, ...said }
  }

  #line(imageId: number | null): Entry[] {
    return this.history.filter(({ row }) => row.imageId === null || row.imageId === imageId)
  }

  #steps(imageId: number | null) {
    return {
      undo: this.#line(imageId).findLast(({ row }) => row.state === 'done')?.row ?? null,
      redo: this.#line(imageId).find(({ row }) => row.state === 'undone')?.row ?? null,
    }
  }

  #write(diff: Diff): void {
    const stale = [...diff.removed, ...diff.updated.map(([from]) => from)].filter((record) => this.records.get(keyOf(record))?.version !== record.version)
    if (stale.length > 0 || diff.added.some((record) => this.records.has(keyOf(record)))) throw new EngineError('stale', 'changed meanwhile', { details: this.staleBy })
    for (const record of diff.removed) this.records.delete(keyOf(record))
    for (const record of diff.added) this.put(record)
    for (const [, to] of diff.updated) this.put(to)
  }

  #atCurrentVersions(diff: Diff): Diff {
    const now = (record: ProjectRecord) => ({ ...record, version: this.records.get(keyOf(record))?.version ?? record.version })
    return {
      added: diff.added,
      removed: diff.removed.map(now),
      updated: diff.updated.map(([from, to]) => [now(from), { ...to, version: now(from).version + 1 }]),
    }
  }

  #answer(name: ProcedureName, given: unknown): unknown {
    const input = given as { imageId: number; count: number; diff: Diff; label: string; undoes?: number; redoes?: number; direction: 'undo' | 'redo' }
    const classes = [...this.records.values()].filter((record): record is LabelClass => record.kind === 'class')
    switch (name) {
      case 'project.info':
        return { id: 'fake', name: 'Fake', display: 'Fake', imageCount: this.rows.length, doneCount: 0, annotationCount: 0, folders: [], classes, lastPack: null }
      case 'classes.list':
        return { classes }
      case 'ids.reserve': {
        const from = this.#nextId
        this.#nextId += input.count
        return { from }
      }
      case 'image.open':
        return {
          image: this.#row(input.imageId),
          annotations: [...this.records.values()].filter((record) => record.kind === 'annotation' && record.imageId === input.imageId),
          comments: [...this.records.values()].filter((record) => record.kind === 'comment' && record.imageId === input.imageId),
          ...this.#steps(input.imageId),
          mipLevels: this.mipLevels,
        }
      case 'mask.snap': {
        const { mask, reachPx } = given as { mask: Mask; reachPx: number }
        return { mask: growMask(mask, reachPx, 10_000, 10_000), milliseconds: 1 }
      }
      case 'images.place':
        return { offset: this.rows.findIndex(({ id }) => id === input.imageId) }
      case 'images.page':
        return { total: this.rows.length, rows: this.rows.map(({ id }) => this.#row(id)).slice((given as { offset: number }).offset, (given as { offset: number }).offset + 1) }
      case 'history.step': {
        const row = this.#steps(input.imageId)[input.direction]
        const entry = this.history.find((one) => one.row === row)
        if (entry === undefined) return { entry: null, diff: null }
        return { entry: row, diff: this.#atCurrentVersions(input.direction === 'undo' ? invertDiff(entry.diff) : entry.diff) }
      }
      case 'diff.apply': {
        const { diff, imageId, label, undoes, redoes } = input
        this.#write(diff)
        const taken = this.history.find(({ row }) => row.id === (undoes ?? redoes))
        if (taken === undefined) {
          for (const { row } of this.#line(imageId)) if (row.state === 'undone') row.state = 'dropped'
          this.history.push({ row: { id: this.history.length + 1, imageId, label, author: 'me', at: 0, state: 'done' }, diff })
        } else taken.row.state = undoes === undefined ? 'done' : 'undone'
        return structuredClone(this.#steps(imageId))
      }
      default:
        throw new Error(`the fake engine has no ${name}`)
    }
  }
}

/** A proposal of a method with everything filled in. */
export const proposal = (id: number, imageId: number, mask: Annotation['mask'], patch: Partial<Annotation> = {}): Annotation => ({
  kind: 'annotation', id, version: 0, imageId, classId: null, state: 'pending', mask, areaPx2: 0, score: 0.5, z: id, crowd: false, locked: false,
  boxOnly: null, importedId: null, provenance: { source: 'method', method: 'classic' }, carried: null, ...patch,
})

export const labelClass = (id: number, name: string): LabelClass =>
  ({ kind: 'class', id, version: 0, name, synonyms: [], colour: '#0072b2', order: id, extent: 'thing', importedId: null, carried: null })
