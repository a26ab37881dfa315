import { z } from 'zod'
import { Id } from '../contract/records.ts'
import type { CrewRequest, CrewResult } from '../prelabel/crew.ts'
import { pack, unpack } from './packed.ts'

/** Images of one BullMQ job at most. Few, as they wait for one worker; more than one, as each job costs Redis some calls. */
const BATCH_IMAGES = 8
/** A small job is cut into this many, so that every worker has something to do. */
const BATCHES_MIN = 64
/** How many images go into a batch when so many are to do. */
export const batchSize = (todo: number): number => Math.min(BATCH_IMAGES, Math.max(1, Math.floor(todo / BATCHES_MIN)))
/** An image is tried this often, on whatever worker, before it is set aside with its error. */
export const TRIES = 3
/** Of what the two sides say to each other; grows when that changes. */
const FORMAT = 1

/** Queues of BullMQ: batches by pack, so that a worker only gets what it can run; results by project. */
export const batchesQueue = (packName: string): string => `maskwright-batches-${packName}`
export const resultsQueue = (runId: string): string => `maskwright-results-${runId}`

const BatchImage = z.strictObject({
  id: Id,
  /** how often a worker has begun with it */
  tries: z.int().nonnegative(),
  /** why the last try failed */
  problem: z.string().nullable(),
  /** a packed CrewRequest */
  request: z.string(),
})
export type BatchImage = z.infer<typeof BatchImage>

/** A BullMQ job: images that are not answered yet. Answered ones are taken out as it goes on. */
export const Batch = z.strictObject({ format: z.literal(FORMAT), run: z.string().min(1).max(200), images: z.array(BatchImage).max(1000) })
export type Batch = z.infer<typeof Batch>

/** What a worker says of one image. */
export const ImageResult = z.strictObject({ format: z.literal(FORMAT), imageId: Id, worker: z.string(), result: z.string() })
export type ImageResult = z.infer<typeof ImageResult>

export const newBatch = (run: string, images: readonly { id: number; request: CrewRequest }[]): Batch =>
  ({ format: FORMAT, run, images: images.map(({ id, request }) => ({ id, tries: 0, problem: null, request: pack(request) })) })
export const newResult = (imageId: number, worker: string, result: CrewResult): ImageResult => ({ format: FORMAT, imageId, worker, result: pack(result) })

const Request = z.looseObject({ place: z.strictObject({ folder: z.string(), path: z.string() }), input: z.looseObject({ pack: z.string() }) })
/** The request of an image of a batch. Throws when it is none. */
export const requestOf = (image: BatchImage): CrewRequest => Request.parse(unpack(image.request)) as unknown as CrewRequest

const Found = z.looseObject({ width: z.int().positive(), height: z.int().positive(), device: z.string(), proposals: z.array(z.looseObject({})) })
const Result = z.union([z.looseObject({ found: Found }), z.looseObject({ problem: z.string() })])
/** What a result says. Throws when it is none; masks are checked where they are stored. */
export const crewResultOf = (result: ImageResult): CrewResult => Result.parse(unpack(result.result)) as unknown as CrewResult
