import type { Client } from '../../main/contract/client.ts'
import type { Diff, HistoryEntry } from '../../main/contract/diff.ts'
import { EngineError } from '../../main/contract/errors.ts'
import { keysOf } from './record-store.ts'

/** An edit that the page shows already and the engine has not confirmed yet. */
export interface UnsentEdit {
  readonly diff: Diff
  /** its line of history: an image's, or null = the class list's alone */
  readonly imageId: number | null
  readonly label: string
  /** the project it was made in */
  readonly projectId?: string
  readonly undoes?: number
  readonly redoes?: number
}

/** What the queue tells the editor. */
export interface QueueListener {
  /** The engine has stored an edit; these are the next steps of its scope. */
  stored(edit: UnsentEdit, steps: { readonly undo: HistoryEntry | null; readonly redo: HistoryEntry | null }): void
  /** An undo or redo of this entry begins to be stored: show it. */
  step(edit: UnsentEdit, entry: HistoryEntry): void
  /** Whether the engine has this edit already: its answer to an earlier try was lost. */
  wasStored(edit: UnsentEdit): Promise<boolean>
  /** The engine will never take this edit, nor those that were built on it; all of them are out of the queue. */
  refused(edits: readonly UnsentEdit[], error: EngineError): Promise<void>
  /** `failure`: why saving does not get on; null when it does again */
  saving(state: 'saved' | 'saving' | 'failed', failure: EngineError | null): void
  /** An undo or redo could not be had; nothing changed. */
  stepFailed(direction: 'undo' | 'redo', error: EngineError): void
}

/** Edits on their way to the engine, in order, one at a time. */
export interface DiffQueue {
  edit(edit: UnsentEdit): void
  /** Takes or repeats the newest edit of an image's scope, after everything queued before it. Resolves when it is stored or has failed. */
  step(imageId: number | null, direction: 'undo' | 'redo'): Promise<void>
  /** An undo or redo is under way: edits made now have to wait for what it brings. */
  stepping(): boolean
  /** Edits not confirmed yet, oldest first. */
  unsent(): readonly UnsentEdit[]
  /** Keys (recordKey) of every record with an unsent edit. */
  unsentKeys(): Set<string>
  /** Tries again now. */
  retry(): void
  /** Resolves when the queue is empty or stands still. */
  settled(): Promise<void>
  close(): void
}

type Operation =
  | { readonly kind: 'edit'; readonly edit: UnsentEdit }
  | { readonly kind: 'step'; readonly imageId: number | null; readonly direction: 'undo' | 'redo'; readonly done: () => void }

/** Failures that sending again cannot cure. Everything else (connection, disk full, busy) is tried again. */
const FINAL = new Set(['stale', 'bad-input', 'not-found', 'not-allowed', 'unknown-procedure', 'bad-output'])
/** ms between tries while the engine can be reached but does not store */
const RETRY_MS = { first: 1000, most: 15_000 }

const asEngineError = (error: unknown): EngineError =>
  error instanceof EngineError ? error : new EngineError('unavailable', error instanceof Error ? error.message : 'the engine did not answer')

export function createDiffQueue(client: Client, listener: QueueListener): DiffQueue {
  const operations: Operation[] = []
  let running = false
  let standing = false // the last try failed; waits for retry
  let tried: UnsentEdit | null = null // sent, and no answer came that says whether it was stored
  let waitMs = RETRY_MS.first
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false
  let waiting: (() => void)[] = []

  const settle = () => {
    const resolved = waiting
    waiting = []
    for (const resolve of resolved) resolve()
  }
  const unsent = () => operations.flatMap((operation) => (operation.kind === 'edit' ? [operation.edit] : []))

  const store = async (edit: UnsentEdit) => listener.stored(edit, await client.call('diff.apply', edit))

  const take = async (operation: Operation) => {
    if (operation.kind === 'edit') {
      await store(operation.edit)
      operations.shift()
      return
    }
    const { imageId, direction, done } = operation
    try {
      const { entry, diff } = await client.call('history.step', { imageId, direction })
      if (entry === null || diff === null) operations.shift()
      else {
        // the scope stays the image's, also when the step is one of the class list: the answer's next steps are then the image's
        const edit: UnsentEdit = { diff, imageId, label: entry.label, ...(direction === 'undo' ? { undoes: entry.id } : { redoes: entry.id }) }
        listener.step(edit, entry)
        // From here on it is an edit like any other: shown, and sent until it is stored.
        operations[0] = { kind: 'edit', edit }
        await store(edit)
        operations.shift()
      }
    } catch (error) {
      if (operations[0] === operation) operations.shift()
      throw error
    } finally {
      done()
    }
  }

  const run = async () => {
    if (running || closed) return
    running = true
    standing = false
    clearTimeout(timer)
    const held = new Set<number | null>()
    while (operations.length > 0) {
      const operation = operations[0]
      listener.saving('saving', null)
      try {
        await take(operation)
        waitMs = RETRY_MS.first
      } catch (thrown) {
        const error = asEngineError(thrown)
        const head = operations[0]
        if (head?.kind === 'edit' && error.code === 'stale' && tried === head.edit && await listener.wasStored(head.edit)) operations.shift()
        else if (head?.kind === 'edit' && FINAL.has(error.code)) {
          const lost = dropWith(head.edit)
          await listener.refused(lost, error)
        } else if (head?.kind === 'edit' && error.code === 'in-use' && passOver(head.edit.imageId, held)) {
          // others' images wait for their turn, and keep nothing else waiting
        } else if (operation.kind === 'step' && head?.kind !== 'edit') {
          listener.stepFailed(operation.direction, error)
        } else {
          standing = true
          tried = head?.kind === 'edit' ? head.edit : null
          dropSteps(error)
          listener.saving('failed', error)
          break
        }
      }
    }
    running = false
    if (standing && !closed) {
      timer = setTimeout(() => { void run() }, waitMs)
      waitMs = Math.min(waitMs * 2, RETRY_MS.most)
    } else if (!standing) listener.saving('saved', null)
    settle()
  }

  /** Puts the edits of an image that somebody else has last, once a run; false when there is nothing else to go on with. */
  const passOver = (imageId: number | null, held: Set<number | null>): boolean => {
    if (held.has(imageId)) return false
    held.add(imageId)
    const isOf = (operation: Operation): boolean => (operation.kind === 'edit' ? operation.edit : operation).imageId === imageId
    const others = operations.filter((operation) => !isOf(operation))
    operations.push(...others, ...operations.filter(isOf))
    operations.splice(0, operations.length / 2)
    return others.length > 0
  }

  /** An undo can't wait for a connection: what it takes back would change under it. */
  const dropSteps = (error: EngineError) => {
    for (let at = operations.length - 1; at >= 0; at--) {
      const operation = operations[at]
      if (operation.kind !== 'step') continue
      operations.splice(at, 1)
      operation.done()
      listener.stepFailed(operation.direction, error)
    }
  }

  /** Takes an edit out, and every later one that touches a record it touched. */
  const dropWith = (edit: UnsentEdit): UnsentEdit[] => {
    const keys = keysOf(edit.diff)
    const lost: UnsentEdit[] = []
    for (let at = 0; at < operations.length;) {
      const operation = operations[at]
      const builtOn = operation.kind === 'edit' && (operation.edit === edit || [...keysOf(operation.edit.diff)].some((key) => keys.has(key)))
      if (operation.kind !== 'edit' || !builtOn) {
        at++
        continue
      }
      for (const key of keysOf(operation.edit.diff)) keys.add(key)
      lost.push(operation.edit)
      operations.splice(at, 1)
    }
    return lost
  }

  return {
    edit(edit) {
      operations.push({ kind: 'edit', edit })
      if (!standing) void run()
    },
    step(imageId, direction) {
      return new Promise((resolve) => {
        operations.push({ kind: 'step', imageId, direction, done: resolve })
        void run()
      })
    },
    stepping: () => operations.some((operation) => operation.kind === 'step'),
    unsent,
    unsentKeys: () => new Set(unsent().flatMap((edit) => [...keysOf(edit.diff)])),
    retry: () => { if (operations.length > 0) void run() },
    settled: () => (running ? new Promise((resolve) => { waiting.push(resolve) }) : Promise.resolve()),
    close() {
      closed = true
      operations.length = 0
      clearTimeout(timer)
      settle()
    },
  }
}
