import type { Mask } from '../masks/mask.ts'
import { iou } from '../masks/set-operations.ts'
import { assignRows } from './assignment.ts'

/** A mask with the name of its class, as one annotator made it. */
export interface NamedMask {
  readonly className: string
  readonly mask: Mask
}

/** What one annotator, or one export, made: masks by image. */
export type MasksOfImages = ReadonlyMap<string, readonly NamedMask[]>

/** How far two annotators agree about one class. */
export interface ClassAgreement {
  readonly className: string
  /** masks each of the two made */
  readonly a: number
  readonly b: number
  /** pairs of masks that overlap at all, matched one to one so that the sum of their IoU is greatest */
  readonly pairs: number
  /** pairs of an IoU of at least one half */
  readonly agreed: number
  /** mean IoU of the pairs; null without any */
  readonly meanIoU: number | null
  /** sum of IoU over pairs and masks without a partner, which count 0, in [0, 1] */
  readonly agreement: number
  /** 2 · agreed / (a + b), in [0, 1] */
  readonly f1: number
}

export interface ImageAgreement<K = string> {
  readonly image: K
  readonly a: number
  readonly b: number
  /** as of a class; 1 where neither made a mask */
  readonly agreement: number
}

export interface Agreement<K = string> {
  readonly images: number
  /** images that only one of the two has; they are not judged */
  readonly onlyA: number
  readonly onlyB: number
  readonly agreement: number | null
  readonly meanIoU: number | null
  readonly f1: number | null
  /** by name */
  readonly classes: readonly ClassAgreement[]
  /** least agreement first */
  readonly worst: readonly ImageAgreement<K>[]
}

/** IoU from which two masks count as the same object */
const SAME_IOU = 0.5

interface Sums { a: number; b: number; pairs: number; agreed: number; iou: number }
const none = (): Sums => ({ a: 0, b: 0, pairs: 0, agreed: 0, iou: 0 })
const add = (to: Sums, from: Sums): void => { for (const name of ['a', 'b', 'pairs', 'agreed', 'iou'] as const) to[name] += from[name] }
/** A pair is one thing, and so is a mask without a partner. */
const agreementOf = ({ a, b, pairs, iou: sum }: Sums): number => (a + b === 0 ? 1 : sum / (a + b - pairs))
const f1Of = ({ a, b, agreed }: Sums): number => (a + b === 0 ? 1 : (2 * agreed) / (a + b))

/** The masks of one class on one image matched so that the sum of IoU is greatest. O(n · m) overlaps and O(n² · m) for the assignment. */
function match(a: readonly Mask[], b: readonly Mask[]): Sums {
  const [few, many] = a.length <= b.length ? [a, b] : [b, a]
  const sums: Sums = { ...none(), a: a.length, b: b.length }
  if (few.length === 0) return sums
  const overlap = Float64Array.from({ length: few.length * many.length }, (_, i) => iou(few[Math.floor(i / many.length)], many[i % many.length]))
  const partner = assignRows(overlap.map((value) => -value), few.length, many.length)
  for (const [row, column] of partner.entries()) {
    const value = overlap[row * many.length + column]
    if (value === 0) continue
    sums.pairs++
    sums.iou += value
    if (value >= SAME_IOU) sums.agreed++
  }
  return sums
}

/** Agreement summed image by image; K names an image. */
export interface AgreementTally<K> {
  /** Masks are compared within their class, one to one. */
  compare(image: K, ofA: readonly NamedMask[], ofB: readonly NamedMask[]): void
  /** @param worstCount images listed at most */
  result(onlyA: number, onlyB: number, worstCount: number): Agreement<K>
}

/** A sum of agreement to which images are added. Memory: a few numbers for each image and class. */
export function agreementTally<K extends string | number>(): AgreementTally<K> {
  const all = none()
  const classes = new Map<string, Sums>()
  const images: ImageAgreement<K>[] = []
  return {
    compare(image, ofA, ofB) {
      const here = none()
      for (const className of new Set([...ofA, ...ofB].map((one) => one.className))) {
        const masks = (list: readonly NamedMask[]) => list.filter((one) => one.className === className).map(({ mask }) => mask)
        const sums = match(masks(ofA), masks(ofB))
        const ofClass = classes.get(className) ?? none()
        add(ofClass, sums)
        classes.set(className, ofClass)
        add(here, sums)
      }
      add(all, here)
      images.push({ image, a: here.a, b: here.b, agreement: agreementOf(here) })
    },
    result(onlyA, onlyB, worstCount) {
      const judged = images.length > 0
      return {
        images: images.length,
        onlyA,
        onlyB,
        agreement: judged ? agreementOf(all) : null,
        meanIoU: all.pairs === 0 ? null : all.iou / all.pairs,
        f1: judged ? f1Of(all) : null,
        classes: [...classes].sort(([x], [y]) => (x < y ? -1 : 1)).map(([className, sums]) => ({
          className, a: sums.a, b: sums.b, pairs: sums.pairs, agreed: sums.agreed, meanIoU: sums.pairs === 0 ? null : sums.iou / sums.pairs, agreement: agreementOf(sums), f1: f1Of(sums),
        })),
        worst: images.toSorted((x, y) => x.agreement - y.agreement || (x.image < y.image ? -1 : 1)).slice(0, worstCount),
      }
    },
  }
}

/**
 * How far two annotators agree: masks are compared within their class and image, one to one.
 * @param worstCount images listed at most
 */
export function agreement(a: MasksOfImages, b: MasksOfImages, worstCount: number): Agreement {
  const tally = agreementTally<string>()
  let both = 0
  for (const [image, ofA] of a) {
    const ofB = b.get(image)
    if (ofB === undefined) continue
    both++
    tally.compare(image, ofA, ofB)
  }
  return tally.result(a.size - both, b.size - both, worstCount)
}
