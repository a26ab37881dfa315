import { EngineError } from '../contract/errors.ts'
import type { PackName } from '../contract/methods.ts'
import { CLASSIC_PACK } from '../contract/packs.ts'
import { safePath } from '../images/safe-path.ts'
import type { Mask } from '../masks/mask.ts'
import { LOOK_COLUMNS, LOOK_SAMPLES } from '../attention/region-look.ts'
import { REGION_TRAITS } from '../attention/region-traits.ts'
import type { Fusion } from '../memory/fusion.ts'
import type { Lesson } from '../memory/fusion-choice.ts'
import { trainNamer, type Namer } from '../memory/namer.ts'
import { nearestPrototypes, type Prototype } from '../memory/prototypes.ts'
import type { ScoreHead } from '../memory/score-head.ts'
import type { PackOnDevices } from '../pipeline/messages.ts'
import type { Pipeline } from '../pipeline/owner.ts'
import type { MemoryEntry, ProjectFile } from '../project/project-file.ts'
import type { ClassTexts } from './class-texts.ts'
import { coveringMasks, type Covering } from './covering-masks.ts'
import { createFusions } from './fusions.ts'
import type { RegionLooks } from './region-looks.ts'
import { seededRandom } from '../segment/seeded-random.ts'

/** Prototypes compared with every region; of more, the newest count. */
const PROTOTYPES_MAX = 20_000
const SEED = 1

/** What a project's annotations have taught, and how it is brought up to date. */
export interface Learning {
  /** a person changed annotations of this image */
  changed(imageId: number): void
  /**
   * Learns what is not learnt yet: of the changed images, and of at most `limit` others, while `goOn` says so. An image
   * that can't be looked at (its folder is away, the process ended on it) is logged, and waits for a change of it or the next session.
   */
  learn(limit: number, goOn: () => boolean): Promise<void>
  /** changed images that are not learnt from yet */
  behind(): number
  /**
   * Looks once more at the masks of one image that taught while the pack had other checkpoints, the one labelled last first;
   * until then they teach nothing. False: there is none left.
   */
  lookAgain(): Promise<boolean>
  /** Trained on what is remembered now, in slices of some milliseconds; the same one until something is learnt. Throws EngineError 'cancelled' once `goOn` says no. */
  namer(goOn: () => boolean): Promise<Namer>
  /** Whether anything is remembered: then what regions look like is asked for. */
  remembers(): boolean
  /** What the project's classes are called, for the pack's text encoder; null: it has none. @param ensemble 80 templates */
  texts(ensemble: boolean): Promise<ClassTexts | null>
  /**
   * What is remembered now, weighed by the project's own masks (memory/fusion-choice.ts), for regions that the pack names itself;
   * the same one until something is learnt or the classes change (fusions.ts). Null: the pack's own names are the better ones, or
   * nothing is remembered. Throws EngineError 'cancelled' once `goOn` says no.
   */
  fusion(ensemble: boolean, goOn: () => boolean): Promise<Fusion | null>
  /** What is to stand where the cosines with the classes' texts stand when a picture is proposed for, as it was chosen last (memory/score-head.ts); null: nothing. */
  scoreHead(ensemble: boolean): ScoreHead | null
  /** Waits for the first choice of weights and heads, where anything is remembered. Throws EngineError 'cancelled' once `goOn` says no. */
  chosen(ensemble: boolean, goOn: () => boolean): Promise<void>
}

/** What a pack with networks has beyond the pack classic. */
export interface NetworkPack {
  /** what the networks may run on, and how */
  readonly networks: () => Promise<Omit<PackOnDevices, 'pack'>>
  /** what makes its vectors of regions (packs/checkpoint-key.ts), as it is now */
  readonly checkpoints: () => Promise<string>
  /** what classes are called; null for a pack without a text encoder */
  readonly texts: Learning['texts']
  /** names that the pack gives may be better now, although nothing was learnt since */
  readonly weighed: () => void
  /** a picture that is proposed for would have other proposals now */
  readonly headChanged: () => void
}

const NO_NETWORKS: NetworkPack = { networks: () => Promise.resolve({}), checkpoints: () => Promise.resolve(''), texts: () => Promise.resolve(null), weighed: () => undefined, headChanged: () => undefined }

/** @param looks  what proposals look like that were made in this session: judged as they are, no photo is read */
export function createLearning(
  file: ProjectFile, pipeline: Pipeline, pack: PackName, looks: Pick<RegionLooks, 'of' | 'clear'>, log: (message: string) => void, { networks, checkpoints, texts, weighed, headChanged }: NetworkPack = NO_NETWORKS,
): Learning {
  const dirty = new Set<number>()
  /** could not be looked at in this session */
  const putOff = new Set<number>()
  /** false: a whole look through the project found nothing, and only images in `dirty` have changed since */
  let unknown = true
  let cached: Promise<Namer> | undefined
  /** by image, until it changes: what covers its rejected masks */
  const coveredBy = new Map<number, ReadonlyMap<number, Covering>>()
  /** undefined: to be looked up */
  let remembers: boolean | undefined
  /** what made the vectors that are compared; undefined: nobody has asked yet */
  let madeWith: string | undefined
  /** images with vectors that something else made, the one to look at next at the end; undefined: to be looked up */
  let outdated: number[] | undefined

  const fusions = createFusions({ lessonsOf, texts, traits: REGION_TRAITS, weighed, headChanged, log, otherWork })

  /** What is known of the memory may be another by now. */
  function forget(): void {
    cached = undefined
    remembers = undefined
    fusions.changed()
  }

  /** Other checkpoints may have taken the place of those that ran before. */
  async function checkpointsNow(): Promise<string> {
    const now = await checkpoints()
    if (madeWith !== undefined && madeWith !== now) {
      looks.clear()
      putOff.clear()
      outdated = undefined
      unknown = true
      fusions.forgetHeads()
      forget()
    }
    madeWith = now
    return now
  }

  async function learnImage(imageId: number): Promise<void> {
    const made = await checkpointsNow()
    for (const { annotations } of file.annotations.untaught(pack, made, 1, imageId)) {
      const known = annotations.map((annotation) => (annotation.provenance.pack === pack ? looks.of(annotation)?.vector : undefined)).map((vector) => (vector?.length === 0 ? undefined : vector))
      const vectors = known.includes(undefined) ? await vectorsOf(imageId, annotations.map(({ mask }) => mask)) : known.flatMap((vector) => vector ?? [])
      if (vectors === undefined) {
        putOff.add(imageId)
        return
      }
      putOff.delete(imageId)
      const entries = annotations.flatMap((annotation, index): MemoryEntry[] => (annotation.classId === null
        ? []
        : [{ annotationId: annotation.id, imageId, classId: annotation.classId, pack, checkpoints: made, positive: annotation.state !== 'rejected', vector: vectors[index] }]))
      file.memory.put(entries)
      forget()
    }
  }

  /** Undefined when the image can't be looked at; nothing is stored then, since whatever the reason, it may pass. */
  async function vectorsOf(imageId: number, masks: readonly Mask[]): Promise<readonly Float32Array[] | undefined> {
    const location = file.images.location(imageId)
    if (location === undefined || location.problem !== null) return undefined
    try {
      const path = await safePath(location.folderPath, location.path)
      return (await pipeline.request('teach', { path, pack, masks, ...await networks() }, true)).vectors
    } catch (error) {
      if (error instanceof EngineError && (error.code === 'cancelled' || error.code === 'unavailable')) throw error
      log(`${location.path}: nothing learnt from it (${error instanceof Error ? error.message : String(error)})`)
      return undefined
    }
  }

  /** What is remembered; a rejected region that is a part of a kept one is of its class. Undefined when there is no going on. */
  async function lessonsOf(goOn: () => boolean): Promise<Lesson[] | undefined> {
    const entries = file.memory.all(pack, await checkpointsNow()).slice(-PROTOTYPES_MAX)
    const kept = new Set(entries.flatMap(({ annotationId, positive }) => (positive ? [annotationId] : [])))
    for (const imageId of new Set(entries.flatMap((entry) => (entry.positive || coveredBy.has(entry.imageId) ? [] : [entry.imageId])))) {
      coveredBy.set(imageId, coveringMasks(file.annotations.ofImage(imageId)))
      if (!await otherWork(goOn)) return undefined
    }
    return entries.map((entry) => {
      const cover = entry.positive ? undefined : coveredBy.get(entry.imageId)?.get(entry.annotationId)
      // a mask that was made to teach nothing has no parts that do
      return cover === undefined || !kept.has(cover.id) ? entry : { ...entry, classId: cover.classId, positive: true, part: true }
    })
  }

  return {
    changed(imageId) {
      dirty.add(imageId)
      coveredBy.delete(imageId)
      forget()
    },
    async learn(limit, goOn) {
      const made = await checkpointsNow()
      // what was done last comes first
      for (const imageId of [...dirty].reverse()) {
        if (!goOn()) return
        dirty.delete(imageId)
        await learnImage(imageId).catch((error: unknown) => {
          dirty.add(imageId)
          throw error
        })
      }
      if (!unknown) return
      const waiting = file.annotations.untaught(pack, made, limit + putOff.size).filter(({ imageId }) => !putOff.has(imageId)).slice(0, limit)
      for (const { imageId } of waiting) {
        if (!goOn()) return
        await learnImage(imageId)
      }
      if (waiting.length < limit) unknown = false
    },
    behind: () => dirty.size,
    async lookAgain() {
      const made = await checkpointsNow()
      const imageId = (outdated ??= file.memory.outdated(pack, made)).pop()
      if (imageId !== undefined) await learnImage(imageId)
      return imageId !== undefined
    },
    remembers: () => (remembers ??= file.memory.packs().includes(pack)),
    texts,
    fusion: (ensemble, goOn) => fusions.of(ensemble, goOn),
    scoreHead: (ensemble) => fusions.scoreHead(ensemble),
    async chosen(ensemble, goOn) {
      if ((remembers ??= file.memory.packs().includes(pack))) await fusions.chosen(ensemble, goOn)
    },
    namer(goOn) {
      if (cached !== undefined) return cached
      if (pack !== CLASSIC_PACK.name) {
        cached = checkpointsNow().then((made) => namerOfFeatures(() => file.memory.all(pack, made).slice(-PROTOTYPES_MAX)))
        cached.catch(() => { cached = undefined })
        return cached
      }
      const training = trainNamer(file.memory.all(pack).slice(-PROTOTYPES_MAX), { samples: LOOK_SAMPLES, columns: LOOK_COLUMNS }, seededRandom(SEED), () => otherWork(goOn)).then((namer) => {
        if (namer !== undefined) return namer
        if (cached === training) cached = undefined
        throw new EngineError('cancelled', 'the project is being closed')
      })
      cached = training
      return training
    },
  }
}

/** Other work of the engine gets its turn. */
async function otherWork(goOn: () => boolean): Promise<boolean> {
  await new Promise<void>((resolve) => { setImmediate(resolve) })
  return goOn()
}

/** Features of a pack's networks are compared as they are (METHODS §3.1). @param read  asked when the first region is named: where the pack gives names itself, none is */
function namerOfFeatures(read: () => readonly Prototype[]): Namer {
  const featureOf = (look: Float32Array): Float32Array => look.subarray(0, Math.max(0, look.length - REGION_TRAITS))
  let all: readonly Prototype[] | undefined
  return {
    name(look, ticked) {
      const known = (all ??= read().map((one) => ({ ...one, vector: featureOf(one.vector) })))
      const { classId, score } = nearestPrototypes(featureOf(look), ticked === null ? known : known.filter((one) => ticked.includes(one.classId)))
      return { classId, score, margin: score ?? 0, entropy: 1 - (score ?? 0) }
    },
  }
}
