import { hostname } from 'node:os'
import { DelayedError, type Job, Queue, UnrecoverableError, WaitingError, Worker } from 'bullmq'
import { EngineError } from '../contract/errors.ts'
import type { DeviceChoice } from '../contract/jobs.ts'
import { CLASSIC_PACK } from '../contract/packs.ts'
import { createPipeline, type PipelineOptions } from '../pipeline/owner.ts'
import type { CrewResult } from '../prelabel/crew.ts'
import { createPackDevices } from '../prelabel/pack-devices.ts'
import { Batch, type BatchImage, batchesQueue, type ImageResult, newResult, requestOf, resultsQueue, TRIES } from './batches.ts'
import type { PictureFetcher } from './fetch-picture.ts'
import { PicturesAway } from './pictures-away.ts'
import type { RedisLink } from './redis.ts'

/** ms after which a batch is tried again whose pictures could not be reached */
const AWAY_MS = 5000
/** ms that stopping waits for the image being worked on */
const STOP_MS = 150_000

export interface WorkerOptions {
  readonly link: RedisLink
  readonly pack: string
  /** images worked on at once, each in a pipeline process of its own */
  readonly concurrency: number
  readonly pictures: PictureFetcher
  /** what this machine's networks run on; default 'auto' */
  readonly device?: DeviceChoice
  readonly pipeline: Pick<PipelineOptions, 'fork' | 'entry'>
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void
  /** a worker that gives no sign for this long has died, and its images are taken over, ms; default 30 s */
  readonly takeOverMs?: number
}

export interface RunningWorker {
  /** what it has answered so far */
  counts(): { readonly images: number; readonly failed: number }
  /** Resolves once it has stopped, rejects with EngineError when it can't work at all. */
  readonly ended: Promise<void>
  /** Finishes the images being worked on, gives the rest of their batches back. */
  stop(): void
}

/** A worker can't do any image: not the images' fault, and no use to go on. */
const isOwnFault = (error: unknown): boolean => (error instanceof PicturesAway && error.never) || (error instanceof EngineError && error.code === 'unavailable')
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Takes batches of images from the queue, has the pipeline make proposals, and sends each image's answer back. Keeps nothing. */
export function runWorker(options: WorkerOptions): RunningWorker {
  const { link, log, pictures } = options
  const connection = link.client
  const takeOverMs = options.takeOverMs ?? 30_000
  const name = `${hostname()}-${process.pid}`
  const counts = { images: 0, failed: 0 }
  let stopping = false
  let fault: EngineError | undefined
  const complain = (what: string) => (error: Error): void => {
    if (connection.status === 'ready') log('warn', `${what}: ${error.message}`)
  }

  const pipelines = Array.from({ length: options.concurrency }, () => createPipeline({ ...options.pipeline, onState: () => undefined, log }))
  const free = [...pipelines]
  const devices = createPackDevices({ fork: options.pipeline.fork, entry: options.pipeline.entry, say: (message) => log('warn', message) })
  const answers = new Map<string, Queue<ImageResult>>()
  function answersOf(run: string): Queue<ImageResult> {
    const found = answers.get(run)
    if (found !== undefined) return found
    const queue = new Queue<ImageResult>(resultsQueue(run), { connection, defaultJobOptions: { attempts: 1000, backoff: { type: 'fixed', delay: 1000 }, removeOnComplete: true, removeOnFail: true } })
    queue.on('error', complain('the queue of results'))
    answers.set(run, queue)
    return queue
  }

  async function answer(run: string, image: BatchImage, result: CrewResult): Promise<void> {
    // an image that is answered twice before it is stored waits once
    await answersOf(run).add('result', newResult(image.id, name, result), { jobId: `${run}-${image.id}` })
    if ('problem' in result) {
      counts.failed++
      log('warn', `image ${image.id} is set aside: ${result.problem}`)
    } else counts.images++
  }

  async function propose(run: string, image: BatchImage): Promise<CrewResult> {
    const { place, input } = requestOf(image)
    const picture = await pictures.fetch(image.id, run, place)
    const pipeline = free.pop()
    if (pipeline === undefined) throw new EngineError('internal', 'more images at once than pipelines')
    try {
      const found = await pipeline.request('propose', { ...input, path: picture.path, ...(options.pack === CLASSIC_PACK.name ? {} : { devices: await devices.order(options.device ?? 'auto') }) })
      devices.heard(found)
      return { found }
    } catch (error) {
      if (error instanceof EngineError && error.code === 'pipeline-died') devices.died(error.message)
      throw error
    } finally {
      free.push(pipeline)
      await picture.release()
    }
  }

  async function work(job: Job<Batch>, token?: string): Promise<void> {
    const parsed = Batch.safeParse(job.data)
    if (!parsed.success) throw new UnrecoverableError(`the worker ${name} does not understand the batch: coordinator and workers have to be of one version`)
    const { run } = parsed.data
    let left: BatchImage[] = parsed.data.images
    const store = async (): Promise<void> => {
      await job.updateData({ ...parsed.data, images: left })
    }
    const change = (image: BatchImage, to: Partial<BatchImage>): void => { left = left.map((one) => (one.id === image.id ? { ...one, ...to } : one)) }
    const remove = (image: BatchImage): void => { left = left.filter((one) => one.id !== image.id) }
    const giveBack = async (waitMs: number): Promise<never> => {
      await store()
      if (waitMs === 0) {
        await job.moveToWait(token)
        throw new WaitingError()
      }
      await job.moveToDelayed(Date.now() + waitMs, token)
      throw new DelayedError()
    }
    for (const image of left) {
      if (stopping) await giveBack(0)
      if (image.tries >= TRIES) {
        await answer(run, image, { problem: `${image.problem ?? 'the worker ended while working on it'} (${TRIES} tries)` })
        remove(image)
        await store()
        continue
      }
      // counted before it begins: should this process end on it, that was a try
      change(image, { tries: image.tries + 1 })
      await store()
      try {
        await answer(run, image, await propose(run, image))
        remove(image)
      } catch (error) {
        if (isOwnFault(error) || error instanceof PicturesAway) {
          change(image, { tries: image.tries })
          if (!isOwnFault(error)) {
            log('warn', messageOf(error))
            await giveBack(AWAY_MS)
          }
          fault ??= new EngineError('unavailable', messageOf(error))
          stop()
          await giveBack(0)
        }
        const problem = messageOf(error)
        change(image, { problem })
        if (image.tries + 1 < TRIES) log('warn', `image ${image.id} is tried again: ${problem}`)
        else {
          await answer(run, image, { problem: `${problem} (${TRIES} tries)` })
          remove(image)
        }
      }
      await store()
    }
    // BullMQ gives the batch out again, later each time
    if (left.length > 0) throw new Error(left.map(({ id, problem }) => `image ${id}: ${problem ?? 'no answer'}`).join('; '))
  }

  const worker = new Worker<Batch>(batchesQueue(options.pack), work, {
    connection, concurrency: options.concurrency, lockDuration: takeOverMs, stalledInterval: takeOverMs, maxStalledCount: 1_000_000, drainDelay: 2,
  })
  worker.on('error', complain('the queue of batches'))
  worker.on('stalled', (id) => log('warn', `batch ${id} is taken over: its worker gave no sign`))

  let end = (): void => undefined
  const stopped = new Promise<void>((resolve) => { end = resolve })
  function stop(): void {
    if (stopping) return
    stopping = true
    const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms).unref() })
    void (async () => {
      await Promise.race([worker.close().catch(complain('stopping')), wait(STOP_MS)])
      await Promise.all(pipelines.map((pipeline) => pipeline.close()))
      await Promise.race([Promise.allSettled([...answers.values()].map((queue) => queue.close())), wait(1000)])
      await pictures.close()
      end()
    })()
  }

  return {
    counts: () => ({ ...counts }),
    ended: stopped.then(() => { if (fault !== undefined) throw fault }),
    stop,
  }
}
