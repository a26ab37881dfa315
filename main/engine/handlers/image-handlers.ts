import { EngineError } from '../../contract/errors.ts'
import type { SomeHandlers } from '../../contract/handlers.ts'
import { mipLevels } from '../../contract/pictures.ts'
import type { Caller } from '../caller.ts'
import type { EngineContext } from '../context.ts'
import { imageOverlay } from '../image-overlay.ts'
import { markImages } from '../mark-images.ts'

/** Above this many marked images the pages are told once that anything may have changed. */
const TOLD_ONE_BY_ONE = 100

/** Lists of images, and everything about the one on screen. */
export function imageHandlers(context: EngineContext): SomeHandlers<'images.page' | 'images.place' | 'images.facets' | 'images.mark' | 'images.overlay' | 'images.nextUnfinished' | 'image.open' | 'image.tones', Caller> {
  return {
    'images.page': ({ filter, offset, limit }) => context.project().file.images.page(filter, offset, limit),
    'images.place': ({ filter, imageId }) => ({ offset: context.project().file.images.place(filter, imageId) }),
    'images.mark': ({ imageIds, patch }, caller) => {
      const { file } = context.project()
      const edits = markImages(file, imageIds, patch, caller.author)
      file.history.applyAll(edits)
      for (const { imageId, diff } of edits.slice(0, TOLD_ONE_BY_ONE)) context.emit({ name: 'records.changed', data: { imageId, diff } })
      context.emit({ name: 'images.changed', data: { imageIds: edits.length > TOLD_ONE_BY_ONE ? null : edits.flatMap(({ imageId }) => imageId ?? []) } })
      return { images: edits.length }
    },
    'images.overlay': ({ imageId, longSide }) => imageOverlay(context.project().file, imageId, longSide),
    'images.facets': () => context.project().file.images.facets(),
    'images.nextUnfinished': ({ imageId, direction, filter, from }, caller) => {
      const { images } = context.project().file
      const first = images.nextUnfinished(imageId, direction, filter, from)
      // others' images are passed over, unless they have all that is left
      const passed = new Set<number>()
      let found = first
      while (found !== null && !passed.has(found) && context.team.other(caller, found) !== null) {
        passed.add(found)
        found = images.nextUnfinished(found, direction, filter)
      }
      return { imageId: found === null || found === imageId || passed.has(found) ? first : found }
    },
    'image.tones': ({ imageId }) => context.tones(imageId),
    'image.open': ({ imageId }) => {
      const { file, prelabel } = context.project()
      const image = file.images.row(imageId)
      if (image === undefined) throw new EngineError('not-found', `the project has no image ${imageId}`)
      prelabel.onScreen(imageId)
      return { image, annotations: file.annotations.ofImage(imageId), comments: file.comments.ofImage(imageId), ...file.history.steps(imageId), mipLevels: mipLevels(image.width, image.height) }
    },
  }
}
