import { EngineError } from '../contract/errors.ts'
import type { EngineEvent } from '../contract/events.ts'
import type { PrelabelRequest, PrelabelStatus } from '../contract/jobs.ts'
import { DEFAULT_METHOD , settingsOf } from '../contract/methods.ts'
import type { Provenance } from '../contract/records.ts'
import { SettingsSchema, type Settings } from '../contract/settings.ts'
import type { Log, Prelabel } from '../engine/context.ts'
import type { EngineOptions } from '../engine/engine.ts'
import { safePath } from '../images/safe-path.ts'
import { checkClassicRequest } from '../pipeline/classic-request.ts'
import type { PipelineAnswers, PipelineRequests } from '../pipeline/messages.ts'
import { createPipeline } from '../pipeline/owner.ts'
import type { ImageLocation, ProjectFile, StoredJob } from '../project/project-file.ts'
import type { Crew, CrewResult } from './crew.ts'
import { createLearning } from './learning.ts'
import { newProposals, possibleClasses } from './new-proposals.ts'
import { createRate } from './rate.ts'
import { createRefresh } from './refresh.ts'
import { createRegionLooks } from './region-looks.ts'

/** Images learnt from before a job's first image, and before each further one, where more have not been learnt yet. */
const LEARN_FIRST = 200, LEARN_EACH = 2
/** A process that ended on an image may have been ended from outside: the image gets this many tries. */
const TRIES = 2
const PROBLEMS_SHOWN = 20
const TODO_MAX = 1_000_000

export interface PrelabelOptions {
  readonly file: ProjectFile
  readonly options: Pick<EngineOptions, 'fork' | 'pipelineEntry' | 'crew'>
  readonly log: Log
  readonly emit: (event: EngineEvent) => void
  /** of the pipeline process, for tests */
  readonly timeoutMs?: number
}

/** Everything that a request leaves open, filled in and checked. */
interface Recipe {
  readonly request: PrelabelRequest
  readonly method: NonNullable<PrelabelRequest['method']>
  readonly settings: Settings
}
interface Outcome { readonly proposals: number; readonly unnamed: number }
interface Running {
  readonly job: StoredJob
  readonly recipe: Recipe
  readonly todo: Set<number>
}

function recipeOf(request: PrelabelRequest): Recipe {
  const parsed = SettingsSchema.safeParse(request.settings)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new EngineError('bad-input', `setting ${issue.path.join('.')}: ${issue.message}`)
  }
  const method = request.method ?? DEFAULT_METHOD[request.pack]
  checkClassicRequest(method, parsed.data)
  return { request, method, settings: parsed.data }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const isCode = (error: unknown, ...codes: EngineError['code'][]): boolean => error instanceof EngineError && codes.includes(error.code)

/**
 * The pre-label job of one open project. A job that was running when the project was last closed goes on at once.
 * It writes only pending proposals, one transaction an image, and never touches what a person made or judged.
 */
export function createPrelabel({ file, options, log, emit, timeoutMs }: PrelabelOptions): Prelabel {
  const say = (level: 'info' | 'warn' | 'error', message: string): void => log.write(level, 'prelabel', message)
  const pipeline = createPipeline({
    fork: options.fork,
    entry: options.pipelineEntry,
    onState(state) {
      emit({ name: 'pipeline.state', data: state })
      if (state.state === 'died' && state.message !== null) emit({ name: 'notice', data: { level: 'warn', message: state.message } })
    },
    log: (level, message) => log.write(level, 'pipeline', message),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
  const looks = createRegionLooks()
  const learning = createLearning(file, pipeline, 'classic', looks, (message) => say('warn', message))
  const refresh = createRefresh({
    file, learning, looks, emit, log: (message) => say('warn', message),
    see: async (imageId, masks, urgent) => (await pipeline.request('teach', { path: (await readable(imageId)).path, pack: 'classic', masks }, urgent)).vectors,
    jobRuns: () => running !== undefined,
  })

  const { crew } = options
  let running: Running | undefined
  /** the job shown: the running or paused one, or the last that ended since the project was opened */
  let shown: { readonly id: number; state: StoredJob['state'] } | undefined
  let rate = createRate()
  let current: number | null = null
  let onScreenId: number | null = null
  /** what the job last asked of the pipeline */
  let jobInput: PipelineRequests['propose'] | undefined
  let closed = false
  let loop: Promise<void> = Promise.resolve()
  const singles = new Map<number, Promise<Outcome>>()

  function status(): PrelabelStatus {
    if (shown === undefined) return { state: 'idle', jobId: null, done: 0, failed: 0, total: 0, proposals: 0, unnamed: 0, rate: null, secondsLeft: null, currentImageId: null, problems: [] }
    const counts = file.jobs.counts(shown.id)
    const perSecond = rate.perSecond()
    const left = counts.total - counts.done - counts.failed
    return {
      state: shown.state,
      jobId: shown.id,
      ...counts,
      rate: perSecond,
      secondsLeft: perSecond === null || shown.state !== 'running' ? null : left / perSecond,
      currentImageId: current,
      problems: file.jobs.problems(shown.id, PROBLEMS_SHOWN),
    }
  }

  const tell = (): PrelabelStatus => {
    const now = status()
    emit({ name: 'prelabel.status', data: now })
    return now
  }

  /** Where the image lies. Throws EngineError when it can't be read. */
  async function readable(imageId: number): Promise<{ location: ImageLocation; path: string }> {
    const location = file.images.location(imageId)
    if (location === undefined) throw new EngineError('not-found', `the project has no image ${imageId}`)
    if (location.problem !== null) throw new EngineError('bad-file', location.problem)
    const path = await safePath(location.folderPath, location.path).catch((error: unknown) => {
      throw isCode(error, 'not-allowed') ? error : new EngineError('not-found', `${location.path} is not in its folder; relink the folder or put the file back`)
    })
    return { location, path }
  }

  /** What is asked about an image, but for where it lies. */
  function inputOf({ request, method, settings }: Recipe): Omit<PipelineRequests['propose'], 'path'> {
    return { pack: request.pack, method, settings, profile: request.profile }
  }

  /** One image, whole way: proposals made, named, stored, told. Throws EngineError. */
  async function propose(imageId: number, recipe: Recipe, urgent: boolean): Promise<Outcome> {
    const { path } = await readable(imageId)
    const input: PipelineRequests['propose'] = { path, ...inputOf(recipe) }
    if (!urgent) jobInput = input
    return store(imageId, recipe, await pipeline.request('propose', input, urgent))
  }

  /**
   * Names what was found and stores it, with whatever `alongside` writes in the same transaction.
   * @throws EngineError 'stale' when the photo is not of the size the project knows; 'cancelled'; what storing throws
   */
  async function store(imageId: number, { request, method, settings }: Recipe, found: PipelineAnswers['propose'], alongside: (outcome: Outcome) => void = () => undefined): Promise<Outcome> {
    if (closed) throw new EngineError('cancelled', 'the project is being closed')
    const location = file.images.location(imageId)
    if (location !== undefined && location.width > 0 && (found.width !== location.width || found.height !== location.height)) {
      throw new EngineError('stale', `${location.path} is now ${found.width}×${found.height} px, not ${location.width}×${location.height}; sync its folder`)
    }
    const provenance: Provenance = { source: 'method', method, profile: request.profile, pack: request.pack, device: found.device, settings: settingsOf(method, settings) }
    const namer = await learning.namer(() => !closed)
    const possible = possibleClasses(file.images.row(imageId)?.ticked ?? null, request.classIds ?? null)
    const { proposals, looks: seen, uncertainty } = newProposals(imageId, found.proposals, file.annotations.ofImage(imageId), namer, { possible, nameThreshold: settings.nameThreshold }, provenance)
    const written: Outcome = { proposals: proposals.length, unnamed: proposals.filter(({ classId }) => classId === null).length }
    const { diff, outcome } = file.together(() => {
      const replaced = file.annotations.replacePending(imageId, proposals, uncertainty)
      const result = replaced === null ? { proposals: 0, unnamed: 0 } : written
      alongside(result)
      return { diff: replaced, outcome: result }
    })
    if (diff !== null) {
      looks.put(imageId, diff.added.map(({ id }, index) => ({ id, mask: proposals[index].mask, vector: seen[index] })))
      refresh.named(imageId, request.classIds ?? null)
      emit({ name: 'records.changed', data: { imageId, diff } })
      emit({ name: 'images.changed', data: { imageIds: [imageId] } })
    }
    return outcome
  }

  /** A process that ends is started again and the image tried again, once. */
  async function proposeWithRetry(imageId: number, recipe: Recipe, urgent: boolean): Promise<Outcome> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await propose(imageId, recipe, urgent)
      } catch (error) {
        if (!isCode(error, 'pipeline-died') || attempt === TRIES || closed) throw error
        say('warn', `image ${imageId} is tried again: ${messageOf(error)}`)
      }
    }
  }

  function setState(state: StoredJob['state']): void {
    if (shown === undefined) return
    file.jobs.setState(shown.id, state)
    shown.state = state
    if (state === 'running') return
    running = undefined
    crew?.stop('paused').catch((error: unknown) => say('warn', `taking back what was handed out: ${messageOf(error)}`))
  }

  const isGoing = (mine: Running): boolean => running === mine && !closed

  async function work(mine: Running): Promise<void> {
    // whatever happens here must end as a state that a person sees
    try {
      await learning.learn(LEARN_FIRST, () => isGoing(mine))
      if (crew === undefined) while (isGoing(mine) && mine.todo.size > 0) await workOn(mine)
      else await handOut(mine, crew)
      if (isGoing(mine)) {
        setState('finished')
        say('info', `job ${mine.job.id} is finished`)
      }
    } catch (error) {
      if (closed || running !== mine) return
      say('error', `job ${mine.job.id} pauses: ${messageOf(error)}`)
      emit({ name: 'notice', data: { level: 'error', message: `Pre-labelling pauses: ${messageOf(error)}` } })
      // with a full disk the state cannot be written either; then it is paused for this session
      try {
        setState('paused')
      } catch {
        running = undefined
        if (shown !== undefined) shown.state = 'paused'
      }
    } finally {
      if (running === mine || running === undefined) current = null
      if (!closed) tell()
    }
  }

  async function workOn(mine: Running): Promise<void> {
    const [first] = mine.todo
    const imageId = onScreenId !== null && mine.todo.has(onScreenId) ? onScreenId : first
    current = imageId
    const from = performance.now()
    let result: Outcome | { problem: string }
    try {
      await learning.learn(LEARN_EACH, () => isGoing(mine))
      if (!isGoing(mine)) return
      result = await proposeWithRetry(imageId, mine.recipe, false)
    } catch (error) {
      // a person stopped it: the image stays to be done
      if (isCode(error, 'cancelled')) {
        if (isGoing(mine)) throw error
        return
      }
      if (isCode(error, 'unavailable', 'disk-full', 'in-use', 'no-project')) throw error
      result = { problem: messageOf(error) }
      say('warn', `image ${imageId} is left out: ${result.problem}`)
    }
    if (closed || !mine.todo.delete(imageId)) return
    file.jobs.finish(mine.job.id, imageId, result)
    rate.add(performance.now() - from)
    if (isGoing(mine)) tell()
  }

  /** The job done by other machines; here every result is named and stored. */
  async function handOut(mine: Running, others: Crew): Promise<void> {
    let last = performance.now()
    const storing = new Set<number>()
    const take = async (imageId: number, result: CrewResult): Promise<void> => {
      if (closed) throw new EngineError('cancelled', 'the project is being closed')
      if (!mine.todo.has(imageId) || storing.has(imageId)) return
      storing.add(imageId)
      const finish = (outcome: Outcome | { problem: string }): void => file.jobs.finish(mine.job.id, imageId, outcome)
      const leaveOut = (problem: string): void => {
        finish({ problem })
        say('warn', `image ${imageId} is left out: ${problem}`)
      }
      try {
        if ('problem' in result) leaveOut(result.problem)
        else await store(imageId, mine.recipe, result.found, finish)
      } catch (error) {
        if (!isCode(error, 'stale', 'bad-input', 'not-found')) throw error
        leaveOut(messageOf(error))
      } finally {
        storing.delete(imageId)
      }
      mine.todo.delete(imageId)
      const now = performance.now()
      rate.add(now - last)
      last = now
      if (isGoing(mine)) tell()
    }
    await others.work({
      id: `${file.id}-${mine.job.id}`,
      pack: mine.recipe.request.pack,
      todo: mine.todo,
      request(imageId) {
        const location = file.images.location(imageId)
        if (location === undefined) throw new EngineError('not-found', `the project has no image ${imageId}`)
        if (location.problem !== null) throw new EngineError('bad-file', location.problem)
        return { place: { folder: location.folderPath, path: location.path }, input: inputOf(mine.recipe) }
      },
      take,
      alone(isAlone) {
        if (isAlone) emit({ name: 'notice', data: { level: 'warn', message: `No worker is connected to the queue for the pack ${mine.recipe.request.pack}: start one with maskwright worker` } })
        say('info', isAlone ? 'no worker is connected to the queue' : 'a worker is connected to the queue')
      },
    })
  }

  function run(job: StoredJob): void {
    const mine: Running = { job, recipe: recipeOf(job.request), todo: new Set(file.jobs.todo(job.id, TODO_MAX)) }
    running = mine
    shown = { id: job.id, state: 'running' }
    rate = createRate()
    loop = loop.then(() => work(mine))
  }

  const unfinished = (): StoredJob | undefined => file.jobs.unfinished()

  const left = unfinished()
  if (left !== undefined) {
    shown = { id: left.id, state: left.state }
    try {
      if (left.state === 'running') run(left)
    } catch (error) {
      // written by a version with other settings
      say('error', `job ${left.id} cannot go on: ${messageOf(error)}`)
      setState('cancelled')
    }
  }

  return {
    start(request) {
      recipeOf(request)
      const open = unfinished()
      if (open !== undefined) throw new EngineError('busy', open.state === 'paused' ? 'a pre-label job is paused; resume or cancel it first' : 'a pre-label job is running; wait for it or cancel it first')
      const imageIds = request.scope === 'untouched' ? file.images.untouched() : [...new Set(request.scope)]
      const unknown = imageIds.find((imageId) => request.scope !== 'untouched' && file.images.location(imageId) === undefined)
      if (unknown !== undefined) throw new EngineError('not-found', `the project has no image ${unknown}`)
      run(file.jobs.create(request, imageIds))
      say('info', `a job of ${imageIds.length} images starts`)
      return tell()
    },
    pause() {
      if (shown?.state !== 'running') throw new EngineError('not-found', 'no pre-label job is running')
      setState('paused')
      return tell()
    },
    resume() {
      const job = unfinished()
      if (job === undefined || shown?.state !== 'paused') throw new EngineError('not-found', 'no pre-label job is paused')
      file.jobs.setState(job.id, 'running')
      run(job)
      return tell()
    },
    cancel() {
      if (shown === undefined || (shown.state !== 'running' && shown.state !== 'paused')) throw new EngineError('not-found', 'there is no pre-label job to cancel')
      setState('cancelled')
      // an image that a person asked for by itself goes on
      pipeline.cancel((kind, input) => kind === 'propose' && input === jobInput)
      return tell()
    },
    status,
    async image(imageId, settings) {
      const from = performance.now()
      const recipe = recipeOf({ scope: [imageId], pack: 'classic', profile: 'corrected', settings })
      const before = singles.get(imageId)
      const mine = before ?? (async () => {
        await learning.learn(LEARN_EACH, () => !closed)
        return proposeWithRetry(imageId, recipe, true)
      })()
      if (before === undefined) singles.set(imageId, mine)
      try {
        const outcome = await mine
        // the job need not do it again
        if (before === undefined && running?.todo.delete(imageId) === true) {
          file.jobs.finish(running.job.id, imageId, outcome)
          tell()
        }
        return { ...outcome, milliseconds: performance.now() - from }
      } finally {
        if (before === undefined) singles.delete(imageId)
      }
    },
    async click(imageId, question) {
      const { location, path } = await readable(imageId)
      const { mask, part, width, height, milliseconds } = await pipeline.request('click', { path, question }, true)
      if (location.width > 0 && (width !== location.width || height !== location.height)) {
        throw new EngineError('stale', `${location.path} is now ${width}×${height} px, not ${location.width}×${location.height}; sync its folder`)
      }
      return { mask, part, milliseconds }
    },
    onScreen(imageId) {
      onScreenId = imageId
      refresh.onScreen(imageId)
    },
    taught(imageId) {
      learning.changed(imageId)
      refresh.taught()
    },
    ticked: (imageId) => refresh.ticked(imageId),
    sureness: (imageId) => refresh.sureness(imageId),
    async close() {
      closed = true
      await crew?.stop('closed')
      await pipeline.close()
      await refresh.close()
      await loop
    },
  }
}
