import type { PrelabelRequest } from '../contract/jobs.ts'
import type { Mask } from '../masks/mask.ts'
import { iou } from '../masks/set-operations.ts'
import type { PipelineAnswers } from '../pipeline/messages.ts'
import type { Pipeline } from '../pipeline/owner.ts'
import type { ProjectFile } from '../project/project-file.ts'
import type { Learning } from './learning.ts'
import { newProposals, possibleClasses } from './new-proposals.ts'
import type { PackDevices } from './pack-devices.ts'
import type { ImageProposer } from './propose-image.ts'
import { recipeOf, type Recipe } from './recipe.ts'

/** A proposal that is only shown. */
export interface PreviewedProposal {
  readonly mask: Mask
  readonly classId: number | null
  readonly score: number | null
}

/** What other settings or another method would propose; stores nothing. */
export interface ImagePreviews {
  /** @throws EngineError as proposing does */
  preview(imageId: number, how: Omit<PrelabelRequest, 'scope'>): Promise<{ proposals: PreviewedProposal[]; milliseconds: number }>
  /** @returns for each mask that a person keeps on the image, the best IoU of what would be proposed. @throws EngineError as proposing does */
  fit(imageId: number, how: Omit<PrelabelRequest, 'scope'>): Promise<number[]>
}

interface Parts {
  readonly file: ProjectFile
  readonly pipeline: Pipeline
  readonly proposer: ImageProposer
  readonly devices: PackDevices
  readonly learningOf: (recipe: Recipe) => Learning
  readonly closed: () => boolean
}

export function createImagePreviews({ file, pipeline, proposer, devices, learningOf, closed }: Parts): ImagePreviews {
  async function found(imageId: number, recipe: Recipe, learnt = true): Promise<PipelineAnswers['propose']> {
    const { path } = await proposer.readable(imageId)
    const order = recipe.pack.folder === null ? null : await devices.order(recipe.request.device)
    if (recipe.named) await learningOf(recipe).chosen(recipe.settings.promptEnsemble, () => !closed())
    return pipeline.request('propose', { path, ...proposer.inputOf(imageId, recipe, learnt), ...(order === null ? {} : { devices: order }), keep: true }, true)
  }
  return {
    async preview(imageId, how) {
      const from = performance.now()
      const recipe = recipeOf({ ...how, scope: [imageId] })
      const regions = await found(imageId, recipe)
      const namer = await learningOf(recipe).namer(() => !closed())
      const possible = possibleClasses(file.images.row(imageId)?.ticked ?? null, recipe.request.classIds ?? null)
      const { proposals } = newProposals(imageId, regions.proposals, file.annotations.ofImage(imageId), namer, { possible, nameThreshold: recipe.settings.nameThreshold }, { source: 'method' }, await proposer.fusionOf(recipe))
      return { proposals: proposals.map(({ mask, classId, score }) => ({ mask, classId, score })), milliseconds: performance.now() - from }
    },
    async fit(imageId, how) {
      // the masks that settings are measured by have taught the head
      const { proposals } = await found(imageId, recipeOf({ ...how, scope: [imageId] }), false)
      const kept = file.annotations.ofImage(imageId).filter(({ state, mask }) => (state === 'accepted' || state === 'fixed' || state === 'drawn') && mask.width > 0)
      return kept.map((annotation) => proposals.reduce((best, { mask }) => Math.max(best, iou(annotation.mask, mask)), 0))
    },
  }
}
