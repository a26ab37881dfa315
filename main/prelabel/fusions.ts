import { EngineError } from '../contract/errors.ts'
import { createFusion, type Fusion, type FusionRule } from '../memory/fusion.ts'
import { chooseFusion, type Lesson } from '../memory/fusion-choice.ts'
import { chooseScoreHead, type ScoreHead } from '../memory/score-head.ts'
import type { ClassTexts } from './class-texts.ts'
import { inSlices } from './slices.ts'

interface Parts {
  /** what is remembered now; undefined when there is no going on */
  readonly lessonsOf: (goOn: () => boolean) => Promise<Lesson[] | undefined>
  readonly texts: (ensemble: boolean) => Promise<ClassTexts | null>
  /** values at the end of each vector that are traits */
  readonly traits: number
  /** what is remembered was weighed anew: names may be better now */
  readonly weighed: () => void
  /** the head for scores is another: pictures would have other proposals */
  readonly headChanged: () => void
  readonly log: (message: string) => void
  /** other work gets its turn; false: stop */
  readonly otherWork: (goOn: () => boolean) => Promise<boolean>
}

/** Text and remembered regions together, by ensemble of prompts: proposals made with and without it lie side by side. */
export interface Fusions {
  /**
   * The same one until something is learnt or the classes change. A lesson votes at once, as the ones before it were weighed, and a class
   * that is new or called otherwise is named by its text and those weights; how much lessons weigh, and the head, are chosen anew
   * meanwhile, and `weighed` tells. At first only the weights are waited for. Throws EngineError 'cancelled' once `goOn` says no.
   */
  of(ensemble: boolean, goOn: () => boolean): Promise<Fusion | null>
  /** What is to stand where the cosines with the classes' texts stand in a picture that is proposed for, as it was chosen last; null: the texts are better, or nothing was chosen yet. */
  scoreHead(ensemble: boolean): ScoreHead | null
  /** Waits for the first choice of all since the project was opened. Throws EngineError 'cancelled' once `goOn` says no. */
  chosen(ensemble: boolean, goOn: () => boolean): Promise<void>
  /** something was learnt or forgotten */
  changed(): void
  /** features are of other checkpoints now: what was learnt of the ones before says nothing of them */
  forgetHeads(): void
}

/**
 * @property rule  as it was chosen last; undefined: not yet @property scores  likewise; null too while there is none
 * @property of  the change that both were chosen after
 * @property first  the rule being chosen for the first time @property choosing  both, beside other work
 * @property isFirst  nothing was chosen before, for other words either
 */
interface Known { readonly isFirst: boolean; readonly texts: ClassTexts; rule: FusionRule | null | undefined; scores: ScoreHead | null; of: number; first: Promise<void> | undefined; choosing: Promise<void> | undefined; fusion: Promise<Fusion | null> | undefined }

/** What was remembered after a change. */
interface Read { readonly lessons: readonly Lesson[]; readonly of: number }

/** No change: nothing was chosen whole yet. */
const NONE = -1

export function createFusions({ lessonsOf, texts, traits, weighed, headChanged, log, otherWork }: Parts): Fusions {
  const byEnsemble = new Map<boolean, Known>()
  /** grows with every change */
  let change = 0

  async function choose(known: Known, lessons: readonly Lesson[], goOn: () => boolean, withHead = true): Promise<FusionRule | null> {
    const rule = await chooseFusion(lessons, (vector) => known.texts.of(vector, null), traits, inSlices(() => otherWork(goOn)), withHead)
    if (rule === undefined) throw stopped()
    return rule
  }

  async function remembered(goOn: () => boolean): Promise<Lesson[]> {
    const lessons = goOn() ? await lessonsOf(goOn) : undefined
    if (lessons === undefined) throw stopped()
    return lessons
  }

  async function make(ensemble: boolean, known: Known, goOn: () => boolean): Promise<Fusion | null> {
    const now = change
    const lessons = await remembered(goOn)
    if (known.rule === undefined) await (known.first ??= chooseFirst(known, { lessons, of: now }, goOn))
    if (known.of !== now) known.choosing ??= chooseBeside(ensemble, known, { lessons, of: now }, goOn)
    return known.rule ? createFusion(lessons, known.rule, traits) : null
  }

  /** The weights alone; the head takes several times as long. */
  async function chooseFirst(known: Known, read: Read, goOn: () => boolean): Promise<void> {
    try {
      known.rule = await choose(known, read.lessons, goOn, false)
      known.of = traits === 0 ? read.of : NONE
    } finally {
      known.first = undefined
    }
  }

  /** Chooses until nothing was learnt meanwhile. @param read  not read again if its change was the last */
  async function chooseBeside(ensemble: boolean, known: Known, read: Read, goOn: () => boolean): Promise<void> {
    try {
      while (known.of !== change) {
        const now = change
        const lessons = read.of === now ? read.lessons : await remembered(goOn)
        // other words, or another project's end
        const dropped = (): boolean => byEnsemble.get(ensemble) !== known || !goOn()
        const rule = await choose(known, lessons, goOn)
        if (dropped()) return
        const { rule: before, scores: scoresBefore } = known
        known.rule = rule
        if (rule?.head || before?.head || rule?.weights.alpha !== before?.weights.alpha) {
          known.fusion = undefined
          weighed()
        }
        // names do not wait for what makes other regions
        const scores = await chooseScoreHead(lessons, (vector) => known.texts.of(vector, null), traits, inSlices(async () => await otherWork(goOn) && change === now))
        if (dropped()) return
        // a lesson came meanwhile: its names go first
        if (scores === undefined) continue
        known.scores = scores
        known.of = now
        if (!isSame(scores, scoresBefore)) headChanged()
      }
    } catch (error) {
      if (goOn()) log(`the memory keeps its weights: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      known.choosing = undefined
    }
  }

  const fusions: Fusions = {
    async of(ensemble, goOn) {
      const now = await texts(ensemble)
      if (now === null) return null
      let known = byEnsemble.get(ensemble)
      if (known?.texts !== now) {
        // what was chosen for other words does meanwhile; a head's classes keep their ids
        known = { isFirst: known === undefined, texts: now, rule: known?.rule, scores: known?.scores ?? null, of: NONE, first: undefined, choosing: undefined, fusion: undefined }
        byEnsemble.set(ensemble, known)
      }
      if (known.fusion !== undefined) return known.fusion
      const mine = known, made = make(ensemble, known, goOn)
      known.fusion = made
      made.catch(() => { if (mine.fusion === made) mine.fusion = undefined })
      return made
    },
    scoreHead: (ensemble) => byEnsemble.get(ensemble)?.scores ?? null,
    async chosen(ensemble, goOn) {
      await fusions.of(ensemble, goOn)
      const known = byEnsemble.get(ensemble)
      if (known?.isFirst === true && known.of === NONE) await known.choosing
    },
    forgetHeads() {
      for (const known of byEnsemble.values()) known.scores = null
    },
    changed() {
      change++
      for (const known of byEnsemble.values()) known.fusion = undefined
    },
  }
  return fusions
}

const isSame = (one: ScoreHead | null, other: ScoreHead | null): boolean => one === other || (one !== null && other !== null && String(one.classIds) === String(other.classIds) && one.weights.every((weight, at) => weight === other.weights[at]))

const stopped = (): EngineError => new EngineError('cancelled', 'the project is being closed')
