import { EngineError } from '../contract/errors.ts'
import type { OutputOf } from '../contract/procedures.ts'
import { sampleInto } from '../masks/sample.ts'
import type { ProjectFile } from '../project/project-file.ts'

/** labels are bytes, and 0 is none */
const MOST = 255

/**
 * The annotations of an image as a thumbnail shows them: what is rejected is left out, the one in front has the px.
 * O(runs of its masks).
 * @throws EngineError 'not-found'
 */
export function imageOverlay(file: Pick<ProjectFile, 'images' | 'annotations'>, imageId: number, longSide: number): OutputOf<'images.overlay'> {
  const image = file.images.row(imageId)
  if (image === undefined) throw new EngineError('not-found', `the project has no image ${imageId}`)
  const longest = Math.max(image.width, image.height)
  if (longest === 0) return { width: 0, height: 0, labels: new Uint8Array(0), annotations: [] }
  const factor = Math.min(1, longSide / longest)
  const width = Math.max(1, Math.floor(image.width * factor))
  const height = Math.max(1, Math.floor(image.height * factor))
  const labels = new Uint8Array(width * height)
  const shown = file.annotations.ofImage(imageId).filter(({ state }) => state !== 'rejected').slice(-MOST)
  for (const [i, { mask }] of shown.entries()) sampleInto(mask, factor, labels, width, height, i + 1)
  return { width, height, labels, annotations: shown.map(({ classId, state }) => ({ classId, state })) }
}
