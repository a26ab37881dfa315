import type { AgreementReport } from '../contract/agreement.ts'
import { EngineError } from '../contract/errors.ts'
import { agreementTally, type MasksOfImages } from '../evaluate/agreement.ts'
import { turnTaker } from '../formats/in-turns.ts'
import type { ProjectFile } from '../project/project-file.ts'
import { projectMasks } from './masks-of-images.ts'

type Compared = Pick<ProjectFile, 'annotations' | 'classes' | 'images'>

/**
 * How far the masks of a project agree with another's of the same images, matched by path. Others have their turns
 * meanwhile. Memory: the other's masks, and one image.
 * @throws EngineError 'bad-input' without an image in common
 */
export async function agreementWith(file: Compared, other: MasksOfImages, worstCount: number): Promise<AgreementReport> {
  const tally = agreementTally<number>()
  const masksOf = projectMasks(file)
  const found = new Set<string>()
  let onlyA = 0
  const turn = turnTaker()
  for (const { row } of file.images.forExport()) {
    const theirs = other.get(row.path)
    if (theirs === undefined) onlyA++
    else {
      found.add(row.path)
      tally.compare(row.id, masksOf(row.id).map(({ named }) => named), theirs)
    }
    const wait = turn()
    if (wait !== undefined) await wait
  }
  if (found.size === 0) throw new EngineError('bad-input', `this project and the other have no image in common (${onlyA} and ${other.size} images); their paths have to be the same`)
  return report(file, tally.result(onlyA, other.size - found.size, worstCount))
}

/**
 * How far two of those who made masks of a project agree, on the images that both worked on.
 * @throws EngineError 'bad-input' when they are one, or share no image
 */
export async function agreementOfPeople(file: Compared, [a, b]: readonly [string, string], worstCount: number): Promise<AgreementReport> {
  if (a === b) throw new EngineError('bad-input', `${a} can’t be compared with ${a}; choose two`)
  const tally = agreementTally<number>()
  const masksOf = projectMasks(file)
  const counts = { both: 0, a: 0, b: 0 }
  const turn = turnTaker()
  for (const { row } of file.images.forExport()) {
    const masks = masksOf(row.id)
    const by = (name: string) => masks.flatMap(({ named, by: maker }) => (maker === name ? [named] : []))
    const [ofA, ofB] = [by(a), by(b)]
    if (ofA.length > 0 && ofB.length > 0) {
      counts.both++
      tally.compare(row.id, ofA, ofB)
    } else if (ofA.length > 0) counts.a++
    else if (ofB.length > 0) counts.b++
    const wait = turn()
    if (wait !== undefined) await wait
  }
  if (counts.both === 0) throw new EngineError('bad-input', `${a} and ${b} have made no masks of the same image (${counts.a} and ${counts.b} images)`)
  return report(file, tally.result(counts.a, counts.b, worstCount))
}

function report(file: Compared, { worst, ...sums }: ReturnType<ReturnType<typeof agreementTally<number>>['result']>): AgreementReport {
  return { ...sums, classes: [...sums.classes], worst: worst.map(({ image, ...counts }) => ({ imageId: image, path: file.images.row(image)?.path ?? '', ...counts })) }
}
