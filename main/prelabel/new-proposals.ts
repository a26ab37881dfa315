import type { Annotation, Provenance } from '../contract/records.ts'
import { intersectionArea } from '../masks/set-operations.ts'
import type { Fusion } from '../memory/fusion.ts'
import type { Namer, SureNaming } from '../memory/namer.ts'
import type { Proposal } from '../pipeline/messages.ts'
import type { NewAnnotation } from '../project/project-file.ts'
import type { RegionLook } from './region-looks.ts'
import { imageUncertainty } from './uncertainty.ts'

/** A proposal of which this share lies under annotations that a person keeps is work already done. */
const KEPT_SHARE = 0.5
/** A proposal this like (IoU) a rejected one is not made again. */
const REJECTED_IOU = 0.8

/** Characters of a prompt that provenance keeps. */
const PROMPT_MAX = 2000

export interface NamingRule {
  readonly possible: readonly number[] | null
  readonly nameThreshold: number
}

/** Classes said to be in the image, of those the job is about; null = any. */
export const possibleClasses = (ticked: readonly number[] | null, asked: readonly number[] | null): readonly number[] | null =>
  (ticked === null ? asked : asked === null ? ticked : ticked.filter((classId) => asked.includes(classId)))

/** A naming that a further method agrees or disagrees with: the larger disagreement counts. */
const alsoAgainst = (naming: SureNaming, disagreement: number | undefined): SureNaming => (disagreement === undefined ? naming : { ...naming, disagreement: Math.max(disagreement, naming.disagreement ?? 0) })

/** A name that scores less than the threshold is none. */
export const sureEnough = ({ classId, score }: Pick<SureNaming, 'classId' | 'score'>, threshold: number): Pick<NewAnnotation, 'classId' | 'score'> =>
  (score !== null && score >= threshold ? { classId, score } : { classId: null, score: null })

/**
 * Turns regions into pending annotations: named by the pack, or by the memory where it knows them, without those that a person has
 * already labelled or rejected.
 * @param existing  annotations of the image, of every state
 * @param namer  taught by the whole project, this image's own regions included
 * @param fusion  what a pack's own names are fused with; null: they stand as they are
 * @param rule.possible  then no other class is proposed; null = any
 * @param rule.nameThreshold  [0, 1] a name that scores less is not given: a wrong name costs a person more than none
 */
export function newProposals(imageId: number, regions: readonly Proposal[], existing: readonly Annotation[], namer: Namer, rule: NamingRule, provenance: Provenance, fusion: Fusion | null = null): { proposals: NewAnnotation[]; looks: RegionLook[]; uncertainty: number | null } {
  const kept = existing.filter(({ state, locked }) => state === 'accepted' || state === 'fixed' || state === 'drawn' || (state === 'pending' && locked))
  const rejected = existing.filter(({ state }) => state === 'rejected')
  const left = regions.filter((region) => {
    const covered = kept.reduce((sum, annotation) => sum + intersectionArea(annotation.mask, region.mask), 0)
    return covered < KEPT_SHARE * region.areaPx2 && !rejected.some((annotation) => {
      const shared = intersectionArea(annotation.mask, region.mask)
      return shared > REJECTED_IOU * (annotation.areaPx2 + region.areaPx2 - shared)
    })
  })
  const fused = new Map<Proposal, SureNaming>()
  if (fusion !== null) {
    const seen = left.flatMap((region) => (region.named?.text === undefined ? [] : [{ region, vector: region.vector, text: region.named.text }]))
    fusion.name(seen).forEach((naming, at) => fused.set(seen[at].region, alsoAgainst(naming, seen[at].region.named?.disagreement)))
  }
  const namings = left.map((region) => ({ region, areaPx2: region.areaPx2, naming: region.named === undefined ? namer.name(region.vector, rule.possible) : (fused.get(region) ?? region.named) }))
  const proposals = namings.map(({ region, naming }, index): NewAnnotation => ({
    imageId,
    // a pack that knows class names has its own rules for what is none of them
    ...sureEnough(naming, region.named === undefined ? rule.nameThreshold : 0),
    state: 'pending',
    mask: region.mask,
    areaPx2: region.areaPx2,
    // regions come largest first: the smaller lies in front
    z: index,
    crowd: false,
    locked: false,
    boxOnly: null,
    importedId: null,
    // a class that the memory gave came from no prompt
    provenance: region.named === undefined || naming.classId !== region.named.classId ? provenance : { ...provenance, prompt: region.named.prompt.slice(0, PROMPT_MAX) },
    carried: null,
  }))
  return { proposals, looks: left.map(({ vector, named }) => ({ vector, own: named === undefined ? null : { classId: named.classId, score: named.score } })), uncertainty: imageUncertainty(namings) }
}
