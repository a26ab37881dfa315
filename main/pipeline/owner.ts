import { EngineError } from '../contract/errors.ts'
import type { PipelineState } from '../contract/jobs.ts'
import type { FromPipeline, PipelineAnswers, PipelineRequests, RequestKind } from './messages.ts'

/** A channel to the forked process, as the shell's `fork` gives it (main/engine/engine.ts). */
export interface ProcessChannel {
  readonly pid: number | undefined
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  onExit(listener: (reason: string) => void): void
  kill(): void
}

export interface PipelineOptions {
  readonly fork: (entry: string, args: readonly string[]) => ProcessChannel
  readonly entry: string
  /** of the process (main/pipeline/arguments.ts); none for its defaults */
  readonly args?: readonly string[]
  readonly onState: (state: PipelineState) => void
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void
  /** a request that takes longer is taken for hung and its process killed; default 120 s */
  readonly timeoutMs?: number
  /** the process is released after this long without work; default 5 minutes */
  readonly idleMs?: number
}

/** The engine's side of the pipeline process: one request at a time, urgent ones first. */
export interface Pipeline {
  /**
   * Throws EngineError: what the process answered; 'pipeline-died' when it ended or hung while working on this;
   * 'cancelled' by `cancel` or `close`; 'unavailable' when it cannot be started.
   * @param urgent  goes before everything that still waits, and so does the next one that is asked within REST_MS of its answer to a person
   */
  request<K extends RequestKind>(kind: K, input: PipelineRequests[K], urgent?: boolean): Promise<PipelineAnswers[K]>
  /** Kills the process if it works on a request that `which` names, and takes such requests out of the queue. */
  cancel(which: (kind: RequestKind, input: PipelineRequests[RequestKind]) => boolean): void
  state(): PipelineState
  /** Says which device a pack's networks took, and why not the others. */
  onDevice(device: string, notTaken: PipelineState['notTaken']): void
  close(): Promise<void>
}

interface Waiting {
  readonly id: number
  readonly kind: RequestKind
  readonly input: PipelineRequests[RequestKind]
  readonly urgent: boolean
  readonly resolve: (value: never) => void
  readonly reject: (error: EngineError) => void
}

/** A process that ends this often in a row before it says it is ready will not start at all. */
const STARTS_MAX = 3
/**
 * Who has had an urgent answer to one of these asks again at once while a slider is dragged: what is not urgent begins this long after it.
 * Else an image of a job came before every further answer (seconds of it for a preview of 0.7 s). Lessons and names are asked for by jobs too.
 */
const REST_MS = 400, ASKED_AGAIN: ReadonlySet<RequestKind> = new Set(['propose', 'click', 'snap'])
/** Networks may take this many times the time limit: a UNet on one slow core, shaders that are compiled first. */
const NETWORKS_TAKE = 8
const STOPPED: PipelineState = { state: 'stopped', device: null, memoryBytes: null, message: null }

/** Starts nothing until the first request. */
export function createPipeline(options: PipelineOptions): Pipeline {
  const timeoutMs = options.timeoutMs ?? 120_000
  const idleMs = options.idleMs ?? 300_000
  const queue: Waiting[] = []
  let working: Waiting | undefined
  let child: { readonly channel: ProcessChannel; ready: boolean } | undefined
  let current = STOPPED
  let nextId = 1
  let failedStarts = 0
  /** when the last urgent answer came (performance.now) */
  let urgentAt = -Infinity
  let closed = false
  let timer: NodeJS.Timeout | undefined
  /** resolves when the last process has ended */
  let ended = Promise.resolve()

  function say(state: PipelineState): void {
    current = state
    options.onState(state)
  }

  function start(): void {
    say({ state: 'starting', device: null, memoryBytes: null, message: null })
    const channel = options.fork(options.entry, options.args ?? [])
    const mine = { channel, ready: false }
    child = mine
    let finish = (): void => undefined
    ended = new Promise<void>((resolve) => { finish = resolve })
    channel.onMessage((message) => { if (child === mine) receive(message as FromPipeline) })
    channel.onExit((reason) => {
      finish()
      if (child === mine) died(reason)
    })
  }

  function receive(message: FromPipeline): void {
    if (message.kind === 'probe') return
    if (message.kind === 'ready') {
      if (child !== undefined) child.ready = true
      failedStarts = 0
      say({ state: 'ready', device: message.device, memoryBytes: message.memoryBytes, message: null })
      advance()
      return
    }
    const request = working
    if (request === undefined || request.id !== message.id) return
    working = undefined
    clearTimeout(timer)
    if (request.urgent && ASKED_AGAIN.has(request.kind)) urgentAt = performance.now()
    say({ ...current, state: 'ready', memoryBytes: message.memoryBytes })
    if (message.ok) request.resolve(message.value as never)
    else request.reject(new EngineError(message.code, message.message))
    advance()
  }

  function died(reason: string): void {
    const wasReady = child?.ready === true
    const request = working
    child = undefined
    working = undefined
    clearTimeout(timer)
    if (!wasReady) failedStarts++
    const message = request === undefined
      ? `the pipeline process ended (${reason})`
      : `the pipeline process ended (${reason}) while working on this image; it is started again for the next`
    options.log('error', message)
    say({ state: 'died', device: null, memoryBytes: null, message })
    request?.reject(new EngineError('pipeline-died', message))
    if (failedStarts >= STARTS_MAX) {
      failedStarts = 0
      const failure = `the pipeline process could not be started (${reason}); the log has what it said`
      for (const waiting of queue.splice(0)) waiting.reject(new EngineError('unavailable', failure))
    }
    advance()
  }

  /** Lets go of the process without calling it a death. */
  function release(): void {
    clearTimeout(timer)
    const old = child
    child = undefined
    old?.channel.kill()
    if (old !== undefined) say(STOPPED)
  }

  function advance(): void {
    if (closed || working !== undefined) return
    if (queue.length === 0) {
      clearTimeout(timer)
      if (child !== undefined) {
        timer = setTimeout(release, idleMs)
        timer.unref()
      }
      return
    }
    if (child === undefined) {
      start()
      return
    }
    if (!child.ready) return
    clearTimeout(timer)
    const restMs = queue[0].urgent ? 0 : urgentAt + REST_MS - performance.now()
    if (restMs > 0) {
      timer = setTimeout(advance, restMs)
      return
    }
    const request = queue.shift()
    if (request === undefined) return
    working = request
    say({ ...current, state: 'working' })
    const limitMs = timeoutMs * ('devices' in request.input ? NETWORKS_TAKE : 1)
    timer = setTimeout(() => {
      const hung = child
      options.log('error', `no answer in ${limitMs / 1000} s; the pipeline process is ended`)
      hung?.channel.kill()
    }, limitMs)
    timer.unref()
    child.channel.send({ id: request.id, kind: request.kind, input: request.input })
  }

  return {
    request(kind, input, urgent = false) {
      return new Promise((resolve, reject) => {
        if (closed) {
          reject(new EngineError('cancelled', 'the project is being closed'))
          return
        }
        const waiting: Waiting = { id: nextId++, kind, input, urgent, resolve, reject }
        if (urgent) queue.unshift(waiting)
        else queue.push(waiting)
        advance()
      })
    },
    cancel(which) {
      const cancelled = () => new EngineError('cancelled', 'cancelled')
      for (let i = queue.length - 1; i >= 0; i--) {
        if (which(queue[i].kind, queue[i].input)) queue.splice(i, 1)[0].reject(cancelled())
      }
      const request = working
      if (request === undefined || !which(request.kind, request.input)) return
      working = undefined
      release()
      request.reject(cancelled())
      advance()
    },
    state: () => current,
    onDevice(device, notTaken) {
      if (current.device !== device || JSON.stringify(current.notTaken ?? []) !== JSON.stringify(notTaken ?? [])) say({ ...current, device, notTaken })
    },
    async close() {
      if (closed) return ended
      closed = true
      const open = [...queue.splice(0), ...(working === undefined ? [] : [working])]
      working = undefined
      release()
      for (const request of open) request.reject(new EngineError('cancelled', 'the project is being closed'))
      await ended
    },
  }
}
