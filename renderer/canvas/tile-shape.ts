import Konva from 'konva'
import type { ShownTile } from './picture-tiles.ts'

/** Draws tiles over the coarser picture; their edges lie on whole device px, so that no line shows between them. */
export function createTileShape(tiles: () => readonly ShownTile[]): Konva.Shape {
  return new Konva.Shape({
    listening: false,
    perfectDrawEnabled: false,
    sceneFunc(given) {
      const context = given._context
      const { a: scale, e, f } = context.getTransform()
      context.save()
      context.setTransform(1, 0, 0, 1, 0, 0)
      for (const { picture, x0, y0, x1, y1 } of tiles()) {
        const left = Math.round(x0 * scale + e)
        const top = Math.round(y0 * scale + f)
        context.drawImage(picture, left, top, Math.round(x1 * scale + e) - left, Math.round(y1 * scale + f) - top)
      }
      context.restore()
    },
  })
}
