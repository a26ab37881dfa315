import { EngineError } from '../contract/errors.ts'
import type { EngineEvent } from '../contract/events.ts'
import { METHODS, type MethodName, type PackName } from '../contract/methods.ts'
import { DEFAULT_SETTINGS } from '../contract/settings.ts'
import type { Annotation } from '../contract/records.ts'
import { nameByText } from '../memory/fusion.ts'
import type { SureNaming } from '../memory/namer.ts'
import type { ProjectFile } from '../project/project-file.ts'
import type { Learning } from './learning.ts'
import { possibleClasses, sureEnough } from './new-proposals.ts'
import type { RegionLook, RegionLooks } from './region-looks.ts'
import { takesHead } from './takes-head.ts'
import { imageUncertainty, namingUncertainty } from './uncertainty.ts'

/** Several edits in a row are learnt together, ms. */
const PAUSE_MS = 80
/** After this it is looked whether a person is still at work, ms. */
const REST_MS = 1000
/** Changed images learnt from before names are given; after an import there are many more, which follow. */
const LEARN_MAX = 10
/** Images whose photos are read again for one lesson; the others get their new names when they are opened. */
const READ_MAX = 200

export interface RefreshParts {
  readonly file: ProjectFile
  /** undefined: the pack is not installed, or sees nothing that could be remembered */
  readonly learningOf: (pack: PackName) => Learning | undefined
  /** packs that have been used since the project was opened */
  readonly packs: () => readonly PackName[]
  readonly looks: RegionLooks
  /** what masks of an image look like, in their order; throws EngineError when the photo can't be read */
  readonly see: (imageId: number, pack: PackName, masks: readonly Annotation['mask'][], urgent: boolean) => Promise<readonly Float32Array[]>
  /** Proposes for an image once more, as these proposals were made, with what was learnt since; stores nothing once it is not wanted. False: a network had to look at the photo, which is too much to be done unasked. Throws EngineError when it can't. */
  readonly proposeAgain: (imageId: number, how: Annotation['provenance'], wanted: () => boolean) => Promise<boolean>
  readonly emit: (event: EngineEvent) => void
  readonly log: (message: string) => void
  /** a job is at work: photos are not read for other images */
  readonly jobRuns: () => boolean
  /** what nobody asked for has to wait, for a job or for a person who is at work */
  readonly isBusy: () => boolean
}

/** Proposals are made once more where the head's lessons have become so many times those that it had then: a few times an image, however many lessons there are. */
const AGAIN_AT = 1.5
/** Images that are proposed for once more by one head, of so many that are looked through: the next ones after the one on screen. */
const AGAIN_MAX = 50, AGAIN_LOOKED_AT = 2000

/**
 * Keeps proposals in step with what was learnt: some tenths of a second after a lesson the proposals of the image on screen are named
 * anew, then those of the others; then, where a head on the pack's features was learnt (memory/score-head.ts), images of which nobody has
 * touched anything are proposed for once more. Not the one on screen: a person is about to judge what they see there. What a person made
 * or judged stays as it is.
 */
export interface Refresh {
  /** an edit taught something, or took a lesson back */
  taught(): void
  /** what was learnt makes other proposals now, by names that are as they were */
  headChanged(): void
  /** the classes ticked for an image changed */
  ticked(imageId: number): void
  /** an image came on screen: it goes first, and is named anew if it was not since the last lesson */
  onScreen(imageId: number | null): void
  /** proposals were just named with what is known: they need it no more until the next lesson. @param classIds only these were asked for; null: all */
  named(imageId: number, classIds: readonly number[] | null): void
  /** How sure the names of an image's proposals are. Throws EngineError when the photo can't be read. */
  sureness(imageId: number): Promise<{ id: number; margin: number; entropy: number; disagreement?: number; uncertainty: number }[]>
  /** resolves when nothing is left to be done; for tests */
  settled(): Promise<void>
  close(): Promise<void>
}

/** Its pack gave it a name. */
const isNamed = ({ provenance: { method } }: Annotation): boolean => method !== undefined && method in METHODS && (METHODS[method as MethodName].scores || METHODS[method as MethodName].pack)

export function createRefresh({ file, learningOf, packs, looks, see, proposeAgain, emit, log, jobRuns, isBusy }: RefreshParts): Refresh {
  /** grows with every lesson */
  let lesson = 0
  /** the last one that was learnt */
  let learntLesson = 0
  /** the lesson that an image's names are of */
  const namedAt = new Map<number, number>()
  const askedFor = new Map<number, readonly number[]>()
  const urgent = new Set<number>()
  let sweep = false
  let onScreenId: number | null = null
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  /** images that may be proposed for once more, and how many still may; undefined: to be looked up */
  let older: number[] | undefined
  let againLeft = AGAIN_MAX
  let improving: Promise<void> | undefined
  let later: NodeJS.Timeout | undefined

  const untouched = (annotation: Annotation): boolean => annotation.state === 'pending' && !annotation.locked && annotation.version === 0
  /** proposals of an image by the pack that made them, where it is there and can learn */
  function byPack(imageId: number, which: (annotation: Annotation) => boolean): { readonly learning: Learning; readonly pack: PackName; readonly annotations: Annotation[] }[] {
    const groups = new Map<PackName, Annotation[]>()
    for (const annotation of file.annotations.ofImage(imageId)) {
      const { pack } = annotation.provenance
      if (pack !== undefined && which(annotation)) groups.set(pack, [...groups.get(pack) ?? [], annotation])
    }
    return [...groups].flatMap(([pack, annotations]) => {
      const learning = learningOf(pack)
      return learning === undefined ? [] : [{ learning, pack, annotations }]
    })
  }

  async function looksOf(imageId: number, pack: PackName, annotations: readonly Annotation[], mayRead: boolean): Promise<readonly RegionLook[] | undefined> {
    const known = annotations.map((annotation) => looks.of(annotation)).map((look) => (look?.vector.length === 0 ? undefined : look))
    if (!known.includes(undefined)) return known.flatMap((look) => look ?? [])
    if (!mayRead) return undefined
    const vectors = await see(imageId, pack, annotations.map(({ mask }) => mask), imageId === onScreenId)
    looks.put(imageId, annotations.map(({ id, mask }, index) => ({ id, mask, vector: vectors[index], own: null })))
    return annotations.map((annotation, index) => looks.of(annotation) ?? { vector: vectors[index], own: null })
  }

  /** A name that is to be given; null: the pack's own, which is there already. */
  interface Named { readonly naming: SureNaming; readonly given: Pick<SureNaming, 'classId' | 'score'> | null }

  /** What the memory, and the text of packs that name regions themselves, say of regions that one pack made. */
  async function namings(imageId: number, learning: Learning, annotations: readonly Annotation[], seen: readonly RegionLook[]): Promise<Named[]> {
    const ticked = file.images.row(imageId)?.ticked ?? null
    const possible = possibleClasses(ticked, askedFor.get(imageId) ?? null)
    // a pack that knows all names takes no ticks for any (propose-image.ts)
    const possibleOfText = possibleClasses(ticked?.length === 0 ? null : ticked, askedFor.get(imageId) ?? null)
    const namer = annotations.every(isNamed) ? undefined : await learning.namer(going)
    const fused = new Map<number, Named>()
    for (const ensemble of [false, true]) {
      const mine = annotations.flatMap((annotation, at) => (isNamed(annotation) && (annotation.provenance.settings?.['promptEnsemble'] === true) === ensemble ? [at] : []))
      const texts = mine.length === 0 ? null : await learning.texts(ensemble)
      if (texts === null) continue
      const fusion = learning.remembers() ? await learning.fusion(ensemble, going) : null
      const regions = mine.map((at) => ({ vector: seen[at].vector, text: texts.of(seen[at].vector, possibleOfText) }))
      const all = fusion === null ? regions.map(({ text }) => nameByText(text)) : fusion.name(regions)
      mine.forEach((at, place) => {
        // the pack's own name stays where the text is the better one by itself, unless its class is not ticked any more, or gone
        const { classId } = seen[at].own ?? annotations[at]
        const stays = fusion === null && (classId === null || regions[place].text.classIds.includes(classId))
        fused.set(at, { naming: all[place], given: stays ? seen[at].own : all[place] })
      })
    }
    return annotations.map((annotation, at) => {
      if (namer === undefined || isNamed(annotation)) return fused.get(at) ?? { naming: { classId: annotation.classId, score: annotation.score, margin: annotation.score ?? 0, entropy: 1 - (annotation.score ?? 0) }, given: null }
      const naming = namer.name(seen[at].vector, possible)
      const threshold = annotation.provenance.settings?.['nameThreshold']
      return { naming, given: sureEnough(naming, typeof threshold === 'number' ? threshold : DEFAULT_SETTINGS.nameThreshold) }
    })
  }

  /** @returns whether names changed */
  async function rename(imageId: number, mayRead: boolean): Promise<boolean> {
    const mine = lesson
    const found: { id: number; areaPx2: number; named: Named }[] = []
    for (const { learning, pack, annotations } of byPack(imageId, untouched)) {
      const seen = await looksOf(imageId, pack, annotations, mayRead)
      if (seen === undefined || closed) return false
      for (const [at, named] of (await namings(imageId, learning, annotations, seen)).entries()) found.push({ id: annotations[at].id, areaPx2: annotations[at].areaPx2, named })
    }
    if (closed || found.length === 0) return false
    // meanwhile a person may have judged some, or a job may have put others in their place
    const here = new Set(file.annotations.ofImage(imageId).filter(untouched).map(({ id }) => id))
    const still = found.filter(({ id }) => here.has(id))
    if (still.length === 0) return false
    const names = file.annotations.renamePending(
      imageId,
      still.flatMap(({ id, named: { given } }) => (given === null ? [] : [{ id, classId: given.classId, score: given.score }])),
      imageUncertainty(still.map(({ areaPx2, named }) => ({ areaPx2, naming: named.naming }))),
    )
    namedAt.set(imageId, mine)
    if (names.length > 0) emit({ name: 'proposals.renamed', data: { imageId, names } })
    return names.length > 0
  }

  const going = (): boolean => !closed

  /** Images with proposals: those after the one on screen, then from the first on. */
  function nextOnes(): number[] {
    const all = file.images.withPending(), from = onScreenId ?? 0
    return [...all.filter((id) => id > from), ...all.filter((id) => id < from)]
  }

  const isAnyHead = (): boolean => learningsInUse().some((learning) => learning.scoreHead(false) !== null || learning.scoreHead(true) !== null)

  /** Other work of the engine gets its turn. */
  const othersTurn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

  /** How the proposals of an image were made, where a head that was learnt since would make them otherwise, and nobody has touched any of its masks; undefined elsewhere. */
  function outgrown(imageId: number): Annotation['provenance'] | undefined {
    const annotations = file.annotations.ofImage(imageId)
    if (annotations.length === 0 || file.images.row(imageId)?.state === 'done') return undefined
    const [{ provenance }] = annotations
    if (!takesHead(provenance.method, provenance.profile, provenance.settings?.['background']) || !annotations.every((one) => untouched(one) && one.provenance.pack === provenance.pack && one.provenance.method === provenance.method)) return undefined
    const head = provenance.pack === undefined ? null : learningOf(provenance.pack)?.scoreHead(provenance.settings?.['promptEnsemble'] === true) ?? null
    return head !== null && head.lessons >= AGAIN_AT * (provenance.learnt ?? 0) ? provenance : undefined
  }

  /** @returns whether there was something to be proposed for once more */
  async function proposedAgain(imageId: number): Promise<boolean> {
    const how = outgrown(imageId)
    if (how === undefined) return false
    const made = file.annotations.ofImage(imageId).map(({ id }) => id)
    // asked again when they are stored: seconds have passed
    const unchanged = (): boolean => outgrown(imageId) !== undefined && String(file.annotations.ofImage(imageId).map(({ id }) => id)) === String(made)
    if (!await proposeAgain(imageId, how, () => going() && imageId !== onScreenId && unchanged())) older = []
    return true
  }

  const mayImprove = (): boolean => going() && running === undefined && !isBusy()

  /** Images that nobody has touched, once more by what was learnt; names and whatever a person asks for go first. */
  async function improve(): Promise<void> {
    older ??= isAnyHead() ? nextOnes().slice(0, AGAIN_LOOKED_AT) : []
    while (older.length > 0 && mayImprove()) {
      const [next] = older.splice(0, 1)
      if (next !== onScreenId && await tried(next, () => proposedAgain(next)) && --againLeft === 0) older = []
      await othersTurn()
    }
  }

  function startImproving(): void {
    clearTimeout(later)
    if (closed || improving !== undefined) return
    improving = improve().catch((error: unknown) => {
      if (!closed) log(`proposals stay as they are: ${error instanceof Error ? error.message : String(error)}`)
    }).finally(() => {
      improving = undefined
      if (closed || older?.length === 0) return
      later = setTimeout(startImproving, REST_MS)
      later.unref()
    })
  }

  /** Of the packs used in this session, and of those that made what is on screen. */
  function learningsInUse(): Learning[] {
    const onScreen = onScreenId === null ? [] : byPack(onScreenId, untouched).map(({ pack }) => pack)
    return [...new Set([...packs(), ...onScreen])].flatMap((pack) => learningOf(pack) ?? [])
  }

  /** @returns whether masks of an image were looked at that taught while their pack had other checkpoints */
  async function lookAgain(): Promise<boolean> {
    for (const learning of learningsInUse()) if (await learning.lookAgain()) return true
    return false
  }

  /** What fails on one image leaves it as it is. */
  async function tried(imageId: number, what: () => Promise<boolean>): Promise<boolean> {
    try {
      return await what()
    } catch (error) {
      if (error instanceof EngineError && (error.code === 'cancelled' || error.code === 'unavailable')) throw error
      log(`image ${imageId} keeps its proposals and their names: ${error instanceof Error ? error.message : String(error)}`)
      return false
    }
  }

  /** One image at a time, what is asked for first; a new lesson is learnt before the next image. */
  async function work(): Promise<void> {
    let learnt = -1
    let read = 0
    let rest: number[] = []
    const changed: number[] = []
    let sweepAgain = false
    let lookedAgain = false
    while (going()) {
      if (learnt !== lesson) {
        learnt = lesson
        for (const learning of learningsInUse()) {
          // each its own: the first would leave the others nothing for as long as it is behind
          let left = LEARN_MAX
          await learning.learn(0, () => going() && left-- > 0)
          if (learning.behind() > 0) sweepAgain = true
        }
        learntLesson = learnt
        if (sweep) {
          sweep = false
          read = 0
          // what was looked at last is what is likely to be looked at next
          rest = [...new Set([...looks.images().toReversed(), ...file.images.withPending()])]
        }
      }
      const [asked] = urgent
      const imageId = asked ?? rest.shift()
      if (imageId === undefined) {
        // no other image waits
        if (!jobRuns() && await lookAgain()) {
          lookedAgain = true
          continue
        }
        if (lookedAgain) {
          lookedAgain = false
          lesson++
          sweep = true
          continue
        }
        break
      }
      urgent.delete(imageId)
      if (asked === undefined && namedAt.get(imageId) === lesson) continue
      const mayRead = imageId === onScreenId || asked !== undefined || (read < READ_MAX && !jobRuns())
      if (asked === undefined && mayRead) read++
      if (await tried(imageId, () => rename(imageId, mayRead))) changed.push(imageId)
      await othersTurn()
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
        else startImproving()
      })
    }, PAUSE_MS)
    timer.unref()
  }

  async function settled(): Promise<void> {
    if (running === undefined && timer === undefined && improving === undefined) return
    await (running ?? improving ?? new Promise<void>((resolve) => { setTimeout(resolve, PAUSE_MS) }))
    return settled()
  }

  return {
    taught() {
      lesson++
      sweep = true
      if (onScreenId !== null) urgent.add(onScreenId)
      start()
    },
    headChanged() {
      older = undefined
      againLeft = AGAIN_MAX
      startImproving()
    },
    ticked(imageId) {
      urgent.add(imageId)
      start()
    },
    onScreen(imageId) {
      onScreenId = imageId
      if (imageId === null || byPack(imageId, untouched).length === 0 || namedAt.get(imageId) === lesson) return
      urgent.add(imageId)
      start()
    },
    named(imageId, classIds) {
      // a lesson given while they were being made was not known yet
      namedAt.set(imageId, learntLesson)
      if (classIds === null) askedFor.delete(imageId)
      else askedFor.set(imageId, classIds)
    },
    async sureness(imageId) {
      const sure: { id: number; margin: number; entropy: number; disagreement?: number; uncertainty: number }[] = []
      for (const { learning, pack, annotations } of byPack(imageId, ({ state }) => state === 'pending')) {
        const seen = await looksOf(imageId, pack, annotations, true)
        for (const [at, { naming }] of (await namings(imageId, learning, annotations, seen ?? [])).entries()) sure.push({ id: annotations[at].id, margin: naming.margin, entropy: naming.entropy, ...(naming.disagreement === undefined ? {} : { disagreement: naming.disagreement }), uncertainty: namingUncertainty(naming) })
      }
      return sure
    },
    settled,
    async close() {
      closed = true
      clearTimeout(timer)
      clearTimeout(later)
      await running
      await improving
    },
  }
}
