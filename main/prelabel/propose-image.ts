import { EngineError } from '../contract/errors.ts'
import type { EngineEvent } from '../contract/events.ts'
import { METHODS, settingsOf } from '../contract/methods.ts'
import type { Provenance } from '../contract/records.ts'
import { safePath } from '../images/safe-path.ts'
import type { Fusion } from '../memory/fusion.ts'
import type { ScoreHead } from '../memory/score-head.ts'
import type { PipelineAnswers, PipelineRequests } from '../pipeline/messages.ts'
import type { Pipeline } from '../pipeline/owner.ts'
import type { ImageLocation, ProjectFile } from '../project/project-file.ts'
import type { Learning } from './learning.ts'
import { newProposals, possibleClasses } from './new-proposals.ts'
import type { PackDevices } from './pack-devices.ts'
import type { Recipe } from './recipe.ts'
import type { RegionLooks } from './region-looks.ts'
import { takesHead } from './takes-head.ts'

/** A process that ended on an image may have been ended from outside: the image gets this many tries. */
const TRIES = 2

/** What became of one image. */
export interface Outcome {
  readonly proposals: number
  readonly unnamed: number
}

interface Also {
  /** gets what is asked of the pipeline, so that it can be cancelled */
  readonly onAsk?: (input: PipelineRequests['propose']) => void
  /** gets what the pipeline found */
  readonly onFound?: (found: PipelineAnswers['propose']) => void
  /** asked when it is to be stored; false: it is not */
  readonly wanted?: () => boolean
}

/** One image, whole way: proposals made, named, stored, told. */
export interface ImageProposer {
  /**
   * A process that ends is started again and the image tried again, once; on another device where that may help.
   * @throws EngineError
   */
  propose(imageId: number, recipe: Recipe, urgent: boolean, also?: Also): Promise<Outcome>
  /** What is asked about an image, but for where it lies and on which device. @param learnt  false: without the head that was learnt @throws EngineError 'bad-input' when ticked classes are missing */
  inputOf(imageId: number, recipe: Recipe, learnt?: boolean): Omit<PipelineRequests['propose'], 'path'>
  /**
   * Names what was found and stores it, with whatever `alongside` writes in the same transaction; nothing where it is not `wanted` any more then.
   * @throws EngineError 'stale' when the photo is not of the size the project knows; 'cancelled'; what storing throws
   */
  store(imageId: number, recipe: Recipe, found: PipelineAnswers['propose'], also?: { readonly alongside?: (outcome: Outcome) => void; readonly wanted?: () => boolean }): Promise<Outcome>
  /** What a pack's own names are fused with; null: they stand as they are. @throws EngineError 'cancelled' */
  fusionOf(recipe: Recipe): Promise<Fusion | null>
  /** Where the image lies. @throws EngineError when it can't be read */
  readable(imageId: number): Promise<{ location: ImageLocation; path: string }>
}

interface Parts {
  readonly file: ProjectFile
  readonly pipeline: Pipeline
  readonly learningOf: (recipe: Recipe) => Learning
  readonly devices: PackDevices
  readonly looks: RegionLooks
  /** an image's proposals were just named by the memory */
  readonly named: (imageId: number, classIds: readonly number[] | null) => void
  readonly emit: (event: EngineEvent) => void
  readonly warn: (message: string) => void
  readonly closed: () => boolean
}

export function createImageProposer({ file, pipeline, learningOf, devices, looks, named, emit, warn, closed }: Parts): ImageProposer {
  async function readable(imageId: number): Promise<{ location: ImageLocation; path: string }> {
    const location = file.images.location(imageId)
    if (location === undefined) throw new EngineError('not-found', `the project has no image ${imageId}`)
    if (location.problem !== null) throw new EngineError('bad-file', location.problem)
    const path = await safePath(location.folderPath, location.path).catch((error: unknown) => {
      throw error instanceof EngineError && error.code === 'not-allowed' ? error : new EngineError('not-found', `${location.path} is not in its folder; relink the folder or put the file back`)
    })
    return { location, path }
  }

  /**
   * Classes that may be proposed, and those ticked among them; nothing for packs that know no names. Where classes are ticked, a
   * method that takes all classes gets these alone (METHODS §1, D11: before the softmax); those on ticked classes choose themselves.
   */
  function classesFor(imageId: number, { request, named: hasNames, method }: Recipe): Pick<PipelineRequests['propose'], 'classes' | 'ticked'> {
    if (!hasNames) return {}
    const asked = file.classes.list().filter(({ id }) => request.classIds === undefined || request.classIds.includes(id))
    const ticked = file.images.row(imageId)?.ticked?.filter((id) => asked.some((one) => one.id === id)) ?? null
    if (METHODS[method].ticked && (ticked === null || ticked.length === 0)) {
      throw new EngineError('bad-input', `no class is ticked for it, and the method ${method} works on ticked classes; tick what is in it, or choose a method that takes all classes`)
    }
    const classes = METHODS[method].ticked || ticked === null || ticked.length === 0 ? asked : asked.filter(({ id }) => ticked.includes(id))
    return { classes: classes.map(({ id, name, synonyms, extent }) => ({ id, name, synonyms, extent })), ticked }
  }

  /** Null: names of the pack stand as they are. */
  const fusionOf = (recipe: Recipe): Promise<Fusion | null> => (recipe.named && learningOf(recipe).remembers() ? learningOf(recipe).fusion(recipe.settings.promptEnsemble, () => !closed()) : Promise.resolve(null))

  const headFor = (recipe: Recipe): ScoreHead | null => (takesHead(recipe.method, recipe.request.profile, recipe.settings.background) ? learningOf(recipe).scoreHead(recipe.settings.promptEnsemble) : null)

  function inputOf(imageId: number, recipe: Recipe, learnt = true): Omit<PipelineRequests['propose'], 'path'> {
    const { request, method, settings } = recipe
    const head = learnt ? headFor(recipe) : null
    return { ...(head === null ? {} : { head }), pack: request.pack, method, settings, profile: request.profile, ...(recipe.pack.folder === null ? {} : { precision: request.precision }), ...classesFor(imageId, recipe), ...(recipe.named && learningOf(recipe).remembers() ? { looks: true } : {}) }
  }

  async function proposeOnce(imageId: number, recipe: Recipe, urgent: boolean, { onAsk, onFound, wanted }: Also): Promise<Outcome> {
    const { path } = await readable(imageId)
    const order = recipe.pack.folder === null ? null : await devices.order(recipe.request.device)
    const input: PipelineRequests['propose'] = { path, ...inputOf(imageId, recipe), ...(order === null ? {} : { devices: order }) }
    onAsk?.(input)
    const found = await pipeline.request('propose', input, urgent)
    devices.heard(found)
    if (order !== null) pipeline.onDevice(found.device, [...devices.notTaken()])
    onFound?.(found)
    return store(imageId, recipe, found, wanted === undefined ? {} : { wanted })
  }

  async function store(imageId: number, recipe: Recipe, found: PipelineAnswers['propose'], { alongside, wanted }: Parameters<ImageProposer['store']>[3] = {}): Promise<Outcome> {
    if (closed()) throw new EngineError('cancelled', 'the project is being closed')
    const { request, method, settings } = recipe
    const location = file.images.location(imageId)
    if (location !== undefined && location.width > 0 && (found.width !== location.width || found.height !== location.height)) {
      throw new EngineError('stale', `${location.path} is now ${found.width}×${found.height} px, not ${location.width}×${location.height}; sync its folder`)
    }
    const provenance: Provenance = { source: 'method', method, profile: request.profile, pack: request.pack, device: found.device, ...(recipe.pack.folder === null || request.precision === 'auto' ? {} : { precision: request.precision }), settings: settingsOf(method, settings), ...(found.learnt === undefined ? {} : { learnt: found.learnt }), ...(request.classIds === undefined ? {} : { classIds: request.classIds }) }
    const namer = await learningOf(recipe).namer(() => !closed())
    const possible = possibleClasses(file.images.row(imageId)?.ticked ?? null, request.classIds ?? null)
    const { proposals, looks: seen, uncertainty } = newProposals(imageId, found.proposals, file.annotations.ofImage(imageId), namer, { possible, nameThreshold: settings.nameThreshold }, provenance, await fusionOf(recipe))
    const written: Outcome = { proposals: proposals.length, unnamed: proposals.filter(({ classId }) => classId === null).length }
    const { diff, outcome } = file.together(() => {
      if (wanted?.() === false) return { diff: null, outcome: { proposals: 0, unnamed: 0 } }
      const replaced = file.annotations.replacePending(imageId, proposals, uncertainty)
      const result = replaced === null ? { proposals: 0, unnamed: 0 } : written
      alongside?.(result)
      return { diff: replaced, outcome: result }
    })
    if (diff !== null) {
      looks.put(imageId, diff.added.map(({ id }, index) => ({ id, mask: proposals[index].mask, ...seen[index] })))
      named(imageId, request.classIds ?? null)
      emit({ name: 'records.changed', data: { imageId, diff } })
      emit({ name: 'images.changed', data: { imageIds: [imageId] } })
    }
    return outcome
  }

  return {
    readable,
    inputOf,
    fusionOf,
    store,
    async propose(imageId, recipe, urgent, also = {}) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await proposeOnce(imageId, recipe, urgent, also)
        } catch (error) {
          if (!(error instanceof EngineError && error.code === 'pipeline-died') || attempt === TRIES || closed()) throw error
          if (recipe.pack.folder !== null) devices.died(error.message)
          warn(`image ${imageId} is tried again: ${error.message}`)
        }
      }
    },
  }
}
