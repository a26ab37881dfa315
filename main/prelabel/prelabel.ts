import { join } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import type { EngineEvent } from '../contract/events.ts'
import { PrelabelRequest, type PrelabelStatus } from '../contract/jobs.ts'
import { METHODS } from '../contract/methods.ts'
import { CLASSIC_PACK } from '../contract/packs.ts'
import { lookKey } from '../packs/checkpoint-key.ts'
import { openPack, type Pack } from '../packs/open-pack.ts'
import type { Log, Prelabel } from '../engine/context.ts'
import type { EngineOptions } from '../engine/engine.ts'
import { MAPS_CACHE, pipelineArguments } from '../pipeline/arguments.ts'
import type { PackOnDevices, PipelineRequests } from '../pipeline/messages.ts'
import { createPipeline } from '../pipeline/owner.ts'
import type { ProjectFile, StoredJob } from '../project/project-file.ts'
import type { Crew, CrewResult } from './crew.ts'
import { createClassTexts } from './class-texts.ts'
import { createLearning, type Learning } from './learning.ts'
import { createPackDevices } from './pack-devices.ts'
import { createImagePreviews } from './preview-image.ts'
import { createImageProposer, type Outcome } from './propose-image.ts'
import { createRate } from './rate.ts'
import { recipeOf, type Recipe } from './recipe.ts'
import { createRefresh } from './refresh.ts'
import { createRegionLooks } from './region-looks.ts'

/** Images learnt from before a job's first image, and before each further one, where more have not been learnt yet. */
const LEARN_FIRST = 200, LEARN_EACH = 2
/** Share of those for a pack that names regions itself: a lesson may cost a network's run, and its names are there without. */
const LEARN_NAMED = 0.1
const PROBLEMS_SHOWN = 20
/** How a pack's networks run, until somebody asks for it otherwise. */
const UNASKED: NetworkChoice = { device: 'auto', precision: 'auto' }
const TODO_MAX = 1_000_000
/** What nobody asked for waits until a person has asked for nothing so long. */
const REST_MS = 4000
/** Whether a pack's checkpoints were replaced is looked up so often at most. */
const LOOK_MS = 1000

export interface PrelabelOptions {
  readonly file: ProjectFile
  readonly options: Pick<EngineOptions, 'fork' | 'pipelineEntry' | 'crew'> & Partial<Pick<EngineOptions, 'shell' | 'dataFolder'>>
  readonly log: Log
  readonly emit: (event: EngineEvent) => void
  /** of the pipeline process, for tests */
  readonly timeoutMs?: number
}

type NetworkChoice = Pick<PrelabelRequest, 'device' | 'precision'>

interface Running {
  readonly job: StoredJob
  readonly recipe: Recipe
  readonly todo: Set<number>
}

/** Whether two requests mean the same job, whatever they leave to the defaults. */
function isSame(stored: unknown, asked: PrelabelRequest): boolean {
  const parsed = PrelabelRequest.safeParse(stored)
  return parsed.success && JSON.stringify(parsed.data) === JSON.stringify(PrelabelRequest.parse(asked))
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
    args: options.dataFolder === undefined ? [] : pipelineArguments(join(options.dataFolder, ...MAPS_CACHE), options.shell !== 'cli'),
    onState(state) {
      emit({ name: 'pipeline.state', data: state })
      if (state.state === 'died' && state.message !== null) emit({ name: 'notice', data: { level: 'warn', message: state.message } })
    },
    log: (level, message) => log.write(level, 'pipeline', message),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
  const looks = createRegionLooks()
  const devices = createPackDevices({
    fork: options.fork, entry: options.pipelineEntry,
    say(message, inWork) {
      say('warn', message)
      if (inWork) emit({ name: 'notice', data: { level: 'info', message } })
    },
  })
  /** by pack: vectors of one say nothing to another */
  const learnings = new Map<string, Learning>([[CLASSIC_PACK.name, createLearning(file, pipeline, CLASSIC_PACK.name, looks, (message) => say('warn', message))]])
  /** by pack, as it was asked for last: for lessons and names its networks run likewise, since any other way would open them anew */
  const asked = new Map<string, NetworkChoice>()
  async function networksOf(pack: string): Promise<Omit<PackOnDevices, 'pack'>> {
    const { device, precision } = asked.get(pack) ?? UNASKED
    return { devices: await devices.order(device), precision }
  }
  function learningWith(pack: string): Learning {
    const known = learnings.get(pack)
    if (known !== undefined) return known
    const networks = () => networksOf(pack)
    let lastKey: string | undefined, lookedAt = -Infinity
    const checkpoints = async (): Promise<string> => {
      // asked for every picture that is named; files are looked at now and then
      if (lastKey !== undefined && performance.now() - lookedAt < LOOK_MS) return lastKey
      lookedAt = performance.now()
      try {
        return lastKey = await lookKey(openPack(pack))
      } catch (error) {
        // removed meanwhile: what is known of it goes on naming
        if (lastKey === undefined) throw error
        return lastKey
      }
    }
    const made = createLearning(file, pipeline, pack, looks, (message) => say('warn', message), { networks, checkpoints, texts: createClassTexts(file, pipeline, pack, networks, checkpoints), weighed: () => refresh.taught(), headChanged: () => refresh.headChanged() })
    learnings.set(pack, made)
    return made
  }
  /** Packs without CLIP have no features to remember. */
  const seesNothing = ({ manifest, folder }: Pack): boolean => folder !== null && manifest.clip === null
  const blind = new Set<string>()
  function learningOf({ pack, request }: Recipe): Learning {
    asked.set(pack.manifest.name, request)
    if (seesNothing(pack)) blind.add(pack.manifest.name)
    return learningWith(pack.manifest.name)
  }
  /** Of a pack that proposals came from, perhaps in another session. */
  function learningOfPack(name: string): Learning | undefined {
    const known = learnings.get(name)
    if (known !== undefined) return blind.has(name) ? undefined : known
    try {
      return seesNothing(openPack(name)) ? undefined : learningWith(name)
    } catch {
      // not installed here: its proposals keep their names
      return undefined
    }
  }
  async function learn(recipe: Recipe, limit: number, goOn: () => boolean): Promise<void> {
    if (seesNothing(recipe.pack)) return
    const learning = learningOf(recipe)
    await learning.learn(recipe.named ? Math.ceil(limit * LEARN_NAMED) : limit, goOn)
    if (recipe.named && goOn()) await learning.chosen(recipe.settings.promptEnsemble, () => !closed)
  }
  const refresh = createRefresh({
    file, learningOf: learningOfPack, packs: () => [...learnings.keys()], looks, emit, log: (message) => say('warn', message),
    see: async (imageId, pack, masks, urgent) => {
      const networks = pack === CLASSIC_PACK.name ? {} : await networksOf(pack)
      return (await pipeline.request('teach', { path: (await proposer.readable(imageId)).path, pack, masks, ...networks }, urgent)).vectors
    },
    proposeAgain: async (imageId, { pack, method, profile, settings, classIds }, wanted) => {
      const networks = asked.get(pack ?? '') ?? UNASKED
      const how = PrelabelRequest.parse({ scope: [imageId], pack, method, profile, settings, device: networks.device, precision: networks.precision, ...(classIds === undefined ? {} : { classIds }) })
      let ran = false
      await proposer.propose(imageId, recipeOf(how), false, { wanted, onFound: ({ networkRuns }) => { ran = (networkRuns?.vision ?? 0) > 0 } })
      return !ran
    },
    // other machines have no head, and what they made stands
    isBusy: () => running !== undefined || shown?.state === 'paused' || crew !== undefined || performance.now() - lastAsked < REST_MS,
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
  let lastAsked = -Infinity
  const personAsks = (): void => { lastAsked = performance.now() }
  const proposer = createImageProposer({
    file, pipeline, learningOf, devices, looks, emit, warn: (message) => say('warn', message), closed: () => closed, named: (imageId, classIds) => refresh.named(imageId, classIds),
  })

  const previews = createImagePreviews({ file, pipeline, proposer, devices, learningOf, closed: () => closed })

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
      // what was on its way when the job was paused has been stored since
      const left = new Set(file.jobs.todo(mine.job.id, TODO_MAX))
      for (const imageId of mine.todo) if (!left.has(imageId)) mine.todo.delete(imageId)
      await learn(mine.recipe, LEARN_FIRST, () => isGoing(mine))
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
      await learn(mine.recipe, LEARN_EACH, () => isGoing(mine))
      if (!isGoing(mine)) return
      result = await proposer.propose(imageId, mine.recipe, false, { onAsk: (input) => { jobInput = input } })
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
        else await proposer.store(imageId, mine.recipe, result.found, { alongside: finish })
      } catch (error) {
        // what is no EngineError comes of an answer that is none: it would come again with every try
        if (error instanceof EngineError && !isCode(error, 'stale', 'bad-input', 'not-found')) throw error
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
        return { place: { folder: location.folderPath, path: location.path }, input: proposer.inputOf(imageId, mine.recipe, false) }
      },
      take,
      alone(isAlone) {
        if (isAlone) emit({ name: 'notice', data: { level: 'warn', message: `No worker is connected to the queue for the pack ${mine.recipe.request.pack}: start one with maskwright worker` } })
        say('info', isAlone ? 'no worker is connected to the queue' : 'a worker is connected to the queue')
      },
    })
  }

  function run(job: StoredJob): void {
    const mine: Running = { job, recipe: recipeOf(job.request, job.resolved), todo: new Set(file.jobs.todo(job.id, TODO_MAX)) }
    running = mine
    shown = { id: job.id, state: 'running' }
    rate = createRate()
    loop = loop.then(() => work(mine))
  }

  /** Methods on ticked classes can do nothing with an image that nobody has ticked: said before the job spends an hour. */
  function tellMissingTicks({ method }: Recipe, imageIds: readonly number[]): void {
    if (!METHODS[method].ticked) return
    const missing = imageIds.filter((imageId) => (file.images.row(imageId)?.ticked ?? []).length === 0).length
    if (missing > 0) emit({ name: 'notice', data: { level: 'warn', message: `${missing} of ${imageIds.length} images have no ticked classes, which the method ${method} works on: they get no proposals` } })
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

  function imagesOf({ scope }: PrelabelRequest): number[] {
    if (scope === 'untouched') return file.images.untouched()
    const imageIds = [...new Set(scope)]
    const unknown = imageIds.find((imageId) => file.images.location(imageId) === undefined)
    if (unknown !== undefined) throw new EngineError('not-found', `the project has no image ${unknown}`)
    return imageIds
  }

  /** Cancels the job with what it has the pipeline do; an image that a person asked for by itself goes on. */
  function giveUp(): void {
    setState('cancelled')
    pipeline.cancel((kind, input) => kind === 'propose' && input === jobInput)
  }

  function start(request: PrelabelRequest): PrelabelStatus {
    const recipe = recipeOf(request)
    const open = unfinished()
    if (open !== undefined) throw new EngineError('busy', open.state === 'paused' ? 'a pre-label job is paused; resume or cancel it first' : 'a pre-label job is running; wait for it or cancel it first')
    const imageIds = imagesOf(request)
    tellMissingTicks(recipe, imageIds)
    run(file.jobs.create(request, { method: recipe.method, settings: recipe.settings }, imageIds))
    say('info', `a job of ${imageIds.length} images starts`)
    return tell()
  }

  return {
    start,
    goOn(request) {
      // what cannot be done ends nothing
      recipeOf(request)
      const imageIds = imagesOf(request)
      const open = unfinished()
      if (open === undefined || !isSame(open.request, request)) {
        if (open !== undefined) giveUp()
        return start(request)
      }
      // a running one too begins anew with what is left, which now includes what came since
      setState('paused')
      file.jobs.extend(open.id, imageIds)
      file.jobs.setState(open.id, 'running')
      run(open)
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
      giveUp()
      return tell()
    },
    status,
    async image(imageId, how) {
      const from = performance.now()
      const recipe = recipeOf({ ...how, scope: [imageId] })
      const before = singles.get(imageId)
      const mine = before ?? (async () => {
        await learn(recipe, LEARN_EACH, () => !closed)
        return proposer.propose(imageId, recipe, true)
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
      personAsks()
      const { location, path } = await proposer.readable(imageId)
      const { mask, part, width, height, milliseconds } = await pipeline.request('click', { path, question }, true)
      if (location.width > 0 && (width !== location.width || height !== location.height)) {
        throw new EngineError('stale', `${location.path} is now ${width}×${height} px, not ${location.width}×${location.height}; sync its folder`)
      }
      return { mask, part, milliseconds }
    },
    async snap(imageId, mask, reachPx) {
      personAsks()
      const { location: { width, height }, path } = await proposer.readable(imageId)
      return pipeline.request('snap', { path, mask, reachPx, width, height }, true)
    },
    onScreen(imageId) {
      personAsks()
      onScreenId = imageId
      refresh.onScreen(imageId)
    },
    taught(imageId) {
      personAsks()
      for (const one of learnings.values()) one.changed(imageId)
      refresh.taught()
    },
    preview(imageId, how) {
      personAsks()
      return previews.preview(imageId, how)
    },
    fit(imageId, how) {
      personAsks()
      return previews.fit(imageId, how)
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
