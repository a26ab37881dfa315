import { randomUUID } from 'node:crypto'
import { type Job, Queue, Worker } from 'bullmq'
import { EngineError } from '../contract/errors.ts'
import type { Crew, CrewRun, CrewStop, PicturePlace } from '../prelabel/crew.ts'
import { Batch, batchesQueue, batchSize, crewResultOf, ImageResult, newBatch, resultsQueue } from './batches.ts'
import type { RedisLink } from './redis.ts'

/** Images handed out at once: enough for a hundred workers, little enough for Redis to hold. */
const AHEAD = 2048
/** Results stored side by side; each waits for Redis, not for another. */
const TAKING = 8
const CHECK_MS = 5000
const BACK_OFF_MS = 1000
/** ms that closing waits for Redis before it leaves */
const CLOSE_MS = 3000
/** An image of which a batch was handed out this often, and never answered, is left out. */
const HAND_OUTS = 10

export interface CrewTimes {
  /** how often what was handed out is compared with what the queue holds */
  readonly checkMs?: number
  /** a coordinator that gives no sign for this long has died, and its successor stores the results it had begun with */
  readonly lockMs?: number
}

/** A crew that also knows where the pictures lie that it asks about. */
export interface RedisCrew extends Crew {
  /** undefined: the run is not the one being worked on, or asks nothing about such an image */
  place(runId: string, imageId: number): PicturePlace | undefined
}

/**
 * Hands a job's images to workers over BullMQ and takes their results. What is done stands in the project alone: should
 * Redis come back empty, or this process be killed, what is not stored is handed out again, and a result that comes
 * twice is stored once.
 */
export function createRedisCrew(link: RedisLink, log: (level: 'info' | 'warn' | 'error', message: string) => void, times: CrewTimes = {}): RedisCrew {
  let current: { readonly run: CrewRun; readonly stop: (why: CrewStop) => Promise<void> } | undefined
  return {
    async work(run) {
      const working = { run, ...startRun(run, link, log, times) }
      current = working
      try {
        await working.done
      } finally {
        if (current === working) current = undefined
      }
    },
    stop: async (why) => current?.stop(why),
    place(runId, imageId) {
      if (current?.run.id !== runId || !current.run.todo.has(imageId)) return undefined
      try {
        return current.run.request(imageId).place
      } catch {
        return undefined
      }
    },
  }
}

function startRun(run: CrewRun, link: RedisLink, log: (level: 'info' | 'warn' | 'error', message: string) => void, times: CrewTimes) {
  const checkMs = times.checkMs ?? CHECK_MS
  const lockMs = times.lockMs ?? 3000
  const connection = link.client
  const complain = (what: string) => (error: Error): void => {
    // Redis away: the link has said so, and tries again
    if (connection.status === 'ready') log('warn', `${what}: ${error.message}`)
  }
  const batches = new Queue<Batch>(batchesQueue(run.pack), { connection, defaultJobOptions: { attempts: 1000, backoff: { type: 'exponential', delay: BACK_OFF_MS, jitter: 0.5 }, removeOnComplete: true, removeOnFail: false } })
  const results = new Queue<ImageResult>(resultsQueue(run.id), { connection })
  batches.on('error', complain('the queue of batches'))
  results.on('error', complain('the queue of results'))

  /** where each image that was handed out is: the batch's id, or null when its result waits to be stored */
  const out = new Map<number, string | null>()
  /** images of each batch of this run that the queue holds */
  const known = new Map<string, readonly number[]>()
  const handOuts = new Map<number, number>()
  let stopped: CrewStop | undefined
  let alone: boolean | undefined
  let finish = (_error?: Error): void => undefined
  const ended = new Promise<void>((resolve, reject) => {
    finish = (error) => {
      if (error === undefined) resolve()
      else reject(error)
    }
  })

  async function take(job: Job<ImageResult>): Promise<void> {
    const { imageId } = job.data
    let result: Parameters<CrewRun['take']>[1]
    try {
      result = crewResultOf(ImageResult.parse(job.data))
    } catch (error) {
      result = { problem: `the worker ${job.data.worker} answered what this version does not understand (${error instanceof Error ? error.message : String(error)})` }
    }
    try {
      await run.take(imageId, result)
    } catch (error) {
      // nothing can be stored (a full disk): the result waits in the queue, and the job pauses
      if (stopped === undefined) finish(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
    out.delete(imageId)
    handOuts.delete(imageId)
    if (run.todo.size === 0) finish()
    else if (out.size < AHEAD / 2) again()
  }

  const taking = new Worker<ImageResult>(resultsQueue(run.id), take, {
    connection, concurrency: TAKING, autorun: false, lockDuration: lockMs, stalledInterval: lockMs, maxStalledCount: 1_000_000,
    removeOnComplete: { count: 0 }, removeOnFail: { count: 0 },
  })
  taking.on('error', complain('storing results'))

  /** What of this run the queues hold, so that nothing is handed out twice and nothing is forgotten. */
  async function lookAround(): Promise<void> {
    const ids = (await batches.getRanges(['waiting', 'active', 'delayed', 'prioritized', 'failed'], 0, -1)).filter((id) => id.startsWith(`${run.id}-`))
    const there = new Set(ids)
    for (const id of known.keys()) if (!there.has(id)) known.delete(id)
    for (const id of ids) {
      if (known.has(id)) continue
      const images = Batch.safeParse((await batches.getJob(id))?.data)
      if (images.success) known.set(id, images.data.images.map((image) => image.id))
    }
    // after the batches: a worker answers an image before it takes it out of its batch
    const answered = (await results.getRanges(['waiting', 'active', 'delayed', 'prioritized'], 0, -1)).map((id) => Number(id.slice(id.lastIndexOf('-') + 1)))
    out.clear()
    for (const [id, images] of known) for (const imageId of images) if (run.todo.has(imageId)) out.set(imageId, id)
    for (const imageId of answered) if (run.todo.has(imageId)) out.set(imageId, null)
    await clearFailed()
    const workers = await batches.getWorkersCount()
    if ((workers === 0) !== (alone ?? false) && run.todo.size > 0) run.alone(workers === 0)
    alone = workers === 0
  }

  /** A batch fails as a whole only when a worker can't read it. */
  async function clearFailed(): Promise<void> {
    for (const id of (await batches.getRanges(['failed'], 0, -1)).filter((found) => found.startsWith(`${run.id}-`))) {
      const job = await batches.getJob(id)
      for (const { id: imageId } of job?.data.images ?? []) {
        await run.take(imageId, { problem: job?.failedReason ?? 'its batch failed' })
        out.delete(imageId)
      }
      await job?.remove()
      known.delete(id)
    }
  }

  async function handOut(): Promise<void> {
    const next: number[] = []
    for (const imageId of run.todo) {
      if (out.size + next.length >= AHEAD) break
      if (!out.has(imageId)) next.push(imageId)
    }
    const made: Batch[] = []
    const size = batchSize(run.todo.size)
    for (let from = 0; from < next.length; from += size) {
      const images: { id: number; request: ReturnType<CrewRun['request']> }[] = []
      for (const id of next.slice(from, from + size)) {
        const before = handOuts.get(id) ?? 0
        handOuts.set(id, before + 1)
        try {
          if (before >= HAND_OUTS) throw new EngineError('internal', `it was handed out ${HAND_OUTS} times and never answered`)
          images.push({ id, request: run.request(id) })
        } catch (error) {
          await run.take(id, { problem: error instanceof Error ? error.message : String(error) })
        }
      }
      if (images.length > 0) made.push(newBatch(run.id, images))
    }
    if (made.length > 0) {
      const added = made.map((data) => ({ name: 'batch', data, opts: { jobId: `${run.id}-${randomUUID()}` } }))
      for (const { data, opts } of added) {
        const images = data.images.map(({ id }) => id)
        known.set(opts.jobId, images)
        for (const imageId of images) out.set(imageId, opts.jobId)
      }
      await batches.addBulk(added)
    }
    if (run.todo.size === 0) finish()
  }

  // one look or handing-out at a time; another one asked for meanwhile runs after it
  let turn: Promise<void> | undefined
  let wanted: 'look' | 'hand out' | undefined
  function again(look = false): void {
    if (stopped !== undefined) return
    wanted = look || wanted === 'look' ? 'look' : 'hand out'
    turn ??= (async () => {
      for (;;) {
        const what = wanted
        wanted = undefined
        if (what === undefined || stopped !== undefined) return
        if (what === 'look') await lookAround()
        await handOut()
      }
    })().catch((error: unknown) => {
      // asked again at the next check; an error of the project's ends the run
      if (error instanceof EngineError) finish(error)
      else complain('handing out')(error instanceof Error ? error : new Error(String(error)))
    }).finally(() => { turn = undefined })
  }

  const timer = setInterval(() => again(true), checkMs)
  const back = (): void => again(true)
  connection.on('ready', back)

  async function close(why: CrewStop | undefined): Promise<void> {
    clearInterval(timer)
    connection.off('ready', back)
    const leave = async (): Promise<void> => {
      await turn
      await taking.close()
      if (why !== 'closed') for (const id of known.keys()) await batches.remove(id).catch(() => 0)
      // everything is stored: what may have come twice is of no use
      if (why === undefined) await results.obliterate({ force: true })
    }
    // Redis may be away: what is left in it is found by the next session, or dropped as stored already
    const left = leave().catch(complain('leaving the queue'))
    await Promise.race([left, new Promise((resolve) => { setTimeout(resolve, CLOSE_MS).unref() })])
    await taking.close(true).catch(() => undefined)
    await Promise.race([Promise.allSettled([batches.close(), results.close()]), new Promise((resolve) => { setTimeout(resolve, 500).unref() })])
  }

  const done = (async () => {
    try {
      if (run.todo.size === 0) return
      again(true)
      taking.run().catch(complain('storing results'))
      await ended
    } finally {
      stopped ??= 'paused'
      await close(run.todo.size === 0 ? undefined : stopped)
    }
  })()

  return {
    done,
    async stop(why: CrewStop) {
      stopped ??= why
      finish()
      await done.catch(() => undefined)
    },
  }
}
