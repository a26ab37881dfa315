import { EngineError } from '../contract/errors.ts'
import type { EngineEvent } from '../contract/events.ts'
import { DEFAULT_SETTINGS } from '../contract/settings.ts'
import type { Annotation } from '../contract/records.ts'
import type { Namer, SureNaming } from '../memory/namer.ts'
import type { ProjectFile } from '../project/project-file.ts'
import type { Learning } from './learning.ts'
import { possibleClasses, sureEnough } from './new-proposals.ts'
import type { RegionLooks } from './region-looks.ts'
import { imageUncertainty, namingUncertainty } from './uncertainty.ts'

/** Several edits in a row are learnt together, ms. */
const PAUSE_MS = 80
/** Changed images learnt from before names are given; after an import there are many more, which follow. */
const LEARN_MAX = 10
/** Images whose photos are read again for one lesson; the others get their new names when they are opened. */
const READ_MAX = 200

export interface RefreshParts {
  readonly file: ProjectFile
  readonly learning: Learning
  readonly looks: RegionLooks
  /** what masks of an image look like, in their order; throws EngineError when the photo can't be read */
  readonly see: (imageId: number, masks: readonly Annotation['mask'][], urgent: boolean) => Promise<readonly Float32Array[]>
  readonly emit: (event: EngineEvent) => void
  readonly log: (message: string) => void
  /** a job is at work: photos are not read for other images */
  readonly jobRuns: () => boolean
}

/**
 * Keeps the names of proposals in step with what was learnt: some tenths of a second after a lesson the proposals of the
 * image on screen are named anew, then those of the others. Only names and scores of proposals that nobody has touched change.
 */
export interface Refresh {
  /** an edit taught something, or took a lesson back */
  taught(): void
  /** the classes ticked for an image changed */
  ticked(imageId: number): void
  /** an image came on screen: it goes first, and is named anew if it was not since the last lesson */
  onScreen(imageId: number | null): void
  /** proposals were just named with what is known: they need it no more until the next lesson. @param classIds only these were asked for; null: all */
  named(imageId: number, classIds: readonly number[] | null): void
  /** How sure the names of an image's proposals are. Throws EngineError when the photo can't be read. */
  sureness(imageId: number): Promise<{ id: number; margin: number; entropy: number; uncertainty: number }[]>
  /** resolves when nothing is left to be done; for tests */
  settled(): Promise<void>
  close(): Promise<void>
}

export function createRefresh({ file, learning, looks, see, emit, log, jobRuns }: RefreshParts): Refresh {
  /** grows with every lesson */
  let lesson = 0
  /** the lesson that an image's names are of */
  const namedAt = new Map<number, number>()
  const askedFor = new Map<number, readonly number[]>()
  const urgent = new Set<number>()
  let sweep = false
  let onScreenId: number | null = null
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  const nameable = (imageId: number): Annotation[] => file.annotations.ofImage(imageId).filter(({ state, locked, version, provenance }) => state === 'pending' && !locked && version === 0 && provenance.pack === 'classic')

  async function looksOf(imageId: number, annotations: readonly Annotation[], mayRead: boolean): Promise<readonly Float32Array[] | undefined> {
    const known = annotations.map((annotation) => looks.of(annotation))
    if (!known.includes(undefined)) return known.flatMap((vector) => vector ?? [])
    if (!mayRead) return undefined
    const vectors = await see(imageId, annotations.map(({ mask }) => mask), imageId === onScreenId)
    looks.put(imageId, annotations.map(({ id, mask }, index) => ({ id, mask, vector: vectors[index] })))
    return vectors
  }

  function namings(imageId: number, vectors: readonly Float32Array[], namer: Namer): SureNaming[] {
    const possible = possibleClasses(file.images.row(imageId)?.ticked ?? null, askedFor.get(imageId) ?? null)
    return vectors.map((vector) => namer.name(vector, possible))
  }

  /** @returns whether names changed */
  async function rename(imageId: number, namer: Namer, mayRead: boolean): Promise<boolean> {
    const mine = lesson
    const annotations = nameable(imageId)
    if (annotations.length === 0) return false
    const vectors = await looksOf(imageId, annotations, mayRead)
    if (vectors === undefined || closed) return false
    const named = namings(imageId, vectors, namer)
    const uncertainty = imageUncertainty(annotations.map(({ areaPx2 }, index) => ({ areaPx2, naming: named[index] })))
    const names = file.annotations.renamePending(imageId, annotations.map(({ id, provenance }, index) => {
      const threshold = provenance.settings?.['nameThreshold']
      return { id, ...sureEnough(named[index], typeof threshold === 'number' ? threshold : DEFAULT_SETTINGS.nameThreshold) }
    }), uncertainty)
    namedAt.set(imageId, mine)
    if (names.length > 0) emit({ name: 'proposals.renamed', data: { imageId, names } })
    return names.length > 0
  }

  const going = (): boolean => !closed

  /** One image at a time, what is asked for first; a new lesson is learnt before the next image. */
  async function work(): Promise<void> {
    let learnt = -1
    let namer: Namer | undefined
    let read = 0
    let rest: number[] = []
    const changed: number[] = []
    let sweepAgain = false
    while (going()) {
      if (learnt !== lesson || namer === undefined) {
        learnt = lesson
        let left = LEARN_MAX
        await learning.learn(0, () => going() && left-- > 0)
        if (learning.behind() > 0) sweepAgain = true
        namer = await learning.namer(going)
        if (sweep) {
          sweep = false
          read = 0
          // what was looked at last is what is likely to be looked at next
          rest = [...new Set([...looks.images().toReversed(), ...file.images.withPending()])]
        }
      }
      const [asked] = urgent
      const imageId = asked ?? rest.shift()
      if (imageId === undefined) break
      urgent.delete(imageId)
      if (asked === undefined && namedAt.get(imageId) === lesson) continue
      const mayRead = imageId === onScreenId || asked !== undefined || (read < READ_MAX && !jobRuns())
      if (asked === undefined && mayRead) read++
      try {
        if (await rename(imageId, namer, mayRead)) changed.push(imageId)
      } catch (error) {
        if (error instanceof EngineError && (error.code === 'cancelled' || error.code === 'unavailable')) throw error
        log(`image ${imageId} keeps the names of its proposals: ${error instanceof Error ? error.message : String(error)}`)
      }
      // other work of the engine gets its turn
      await new Promise<void>((resolve) => { setImmediate(resolve) })
    }
    if (sweepAgain) {
      lesson++
      sweep = true
    }
    if (!closed && changed.length > 0) emit({ name: 'images.changed', data: { imageIds: changed } })
  }

  function start(): void {
    if (closed || running !== undefined || timer !== undefined) return
    timer = setTimeout(() => {
      timer = undefined
      running = work().catch((error: unknown) => {
        if (!closed) log(`the names of proposals stay as they are: ${error instanceof Error ? error.message : String(error)}`)
      }).finally(() => {
        running = undefined
        if (urgent.size > 0 || sweep) start()
      })
    }, PAUSE_MS)
    timer.unref()
  }

  async function settled(): Promise<void> {
    if (running === undefined && timer === undefined) return
    await (running ?? new Promise<void>((resolve) => { setTimeout(resolve, PAUSE_MS) }))
    return settled()
  }

  return {
    taught() {
      lesson++
      sweep = true
      if (onScreenId !== null) urgent.add(onScreenId)
      start()
    },
    ticked(imageId) {
      urgent.add(imageId)
      start()
    },
    onScreen(imageId) {
      onScreenId = imageId
      if (imageId === null || namedAt.get(imageId) === lesson || nameable(imageId).length === 0) return
      urgent.add(imageId)
      start()
    },
    named(imageId, classIds) {
      namedAt.set(imageId, lesson)
      if (classIds === null) askedFor.delete(imageId)
      else askedFor.set(imageId, classIds)
    },
    async sureness(imageId) {
      const annotations = file.annotations.ofImage(imageId).filter(({ state, provenance }) => state === 'pending' && provenance.pack === 'classic')
      if (annotations.length === 0) return []
      const [vectors, namer] = [await looksOf(imageId, annotations, true), await learning.namer(going)]
      return namings(imageId, vectors ?? [], namer).map((naming, index) => ({ id: annotations[index].id, margin: naming.margin, entropy: naming.entropy, uncertainty: namingUncertainty(naming) }))
    },
    settled,
    async close() {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}
