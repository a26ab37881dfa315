import type { Mask } from '../../main/masks/mask.ts'
import { scaleMask } from '../../main/masks/place.ts'
import { encodePlane } from '../../main/masks/rle.ts'
import { superpixels } from '../../main/masks/superpixels.ts'
import type { PicturePixels } from './surface.ts'

/** cells along a side of a block: a block is divided when the pointer first comes there, in some ten ms */
const BLOCK_CELLS = 12
/** blocks kept */
const KEPT = 64

interface Block {
  readonly x0: number
  readonly y0: number
  readonly width: number
  readonly height: number
  readonly labels: Uint32Array
  readonly masks: Map<number, Mask>
}

/** The cells of one picture, divided block by block where somebody points. */
export interface SuperpixelCells {
  /** The cell under a px of the image, the same object each time; null: outside. @param sidePx of a cell, px of the image */
  at(x: number, y: number, sidePx: number): Mask | null
}

/** @param image px of the image, of which the picture may be a coarser copy */
export function createSuperpixelCells(picture: PicturePixels, image: { readonly width: number; readonly height: number }): SuperpixelCells {
  const blocks = new Map<string, Block>()
  const [across, down] = [picture.width / image.width, picture.height / image.height]

  const blockAt = (column: number, row: number, side: number): Block => {
    const key = `${side}/${column}/${row}`
    const known = blocks.get(key)
    if (known !== undefined) return known
    const length = BLOCK_CELLS * side
    const x0 = column * length
    const y0 = row * length
    const width = Math.min(length, picture.width - x0)
    const height = Math.min(length, picture.height - y0)
    const block = { x0, y0, width, height, labels: superpixels(picture.rgba, picture.width, x0, y0, width, height, side), masks: new Map<number, Mask>() }
    blocks.set(key, block)
    if (blocks.size > KEPT) blocks.delete([...blocks.keys()][0])
    return block
  }
  const maskOf = (block: Block, cell: number): Mask => {
    const known = block.masks.get(cell)
    if (known !== undefined) return known
    const plane = Uint8Array.from(block.labels, (label) => (label === cell ? 1 : 0))
    const inBlock = encodePlane(plane, block.width, block.height)
    const placed = { ...inBlock, x: inBlock.x + block.x0, y: inBlock.y + block.y0 }
    const mask = across === 1 && down === 1 ? placed : scaleMask(placed, 1 / across, 1 / down, image.width, image.height)
    block.masks.set(cell, mask)
    return mask
  }
  return {
    at(x, y, sidePx) {
      const column = Math.floor(x * across)
      const row = Math.floor(y * down)
      if (column < 0 || row < 0 || column >= picture.width || row >= picture.height) return null
      const side = Math.max(2, Math.round(sidePx * across))
      const block = blockAt(Math.floor(column / (BLOCK_CELLS * side)), Math.floor(row / (BLOCK_CELLS * side)), side)
      return maskOf(block, block.labels[(row - block.y0) * block.width + column - block.x0])
    },
  }
}
