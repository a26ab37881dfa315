import { connectedComponents } from './components.ts'
import type { Mask } from './mask.ts'
import { decodeInto, encodePlane } from './rle.ts'

/** Calls `visit` for each pixel of the thinnest line whose pixels touch by sides or corners, ends included (Bresenham 1965). */
function walkLine(fromX: number, fromY: number, toX: number, toY: number, visit: (x: number, y: number) => void): void {
  let x = fromX
  let y = fromY
  const dx = Math.abs(toX - x)
  const dy = -Math.abs(toY - y)
  let error = dx + dy
  for (;;) {
    visit(x, y)
    if (x === toX && y === toY) return
    const twice = 2 * error
    if (twice >= dy) {
      error += dy
      x += Math.sign(toX - x)
    }
    if (twice <= dx) {
      error += dx
      y += Math.sign(toY - y)
    }
  }
}

/**
 * Cuts a mask along a line. Together the pieces are the mask, and no two share a pixel; pixels under the line go to a
 * piece beside it. Parts of the mask that the line does not touch stay with the largest piece.
 * @param line x0, y0, x1, y1, … px of the image
 * @returns the pieces, the largest first; the mask alone when the line leaves it whole. O(px of the box + line).
 */
export function splitMask(mask: Mask, line: readonly number[]): Mask[] {
  const { width, height } = mask
  const CUT = 2
  const plane = new Uint16Array(width * height)
  decodeInto({ ...mask, x: 0, y: 0 }, plane, width, 1)
  const cut: number[] = []
  for (let i = 0; i + 3 < line.length; i += 2) {
    const [x0, y0, x1, y1] = line.slice(i, i + 4).map((value, at) => Math.floor(value) - (at % 2 === 0 ? mask.x : mask.y))
    walkLine(x0, y0, x1, y1, (x, y) => {
      const p = y * width + x
      if (x < 0 || y < 0 || x >= width || y >= height || plane[p] !== 1) return
      plane[p] = CUT
      cut.push(p)
    })
  }
  const { ids, count, areasPx2, labelOf } = connectedComponents(plane, width, height, 4)
  // piece of each pixel: component + 1, 0 = none yet
  const piece = new Int32Array(width * height)
  for (let p = 0; p < piece.length; p++) if (plane[p] === 1) piece[p] = ids[p] + 1
  const touched = new Set<number>()
  const sides = (p: number) => [p % width > 0 ? p - 1 : -1, p % width < width - 1 ? p + 1 : -1, p - width, p + width < piece.length ? p + width : -1].filter((q) => q >= 0)
  let open = cut
  while (open.length > 0) {
    const given: [number, number][] = []
    for (const p of open) {
      for (const q of sides(p)) if (piece[q] > 0) touched.add(piece[q])
      const beside = sides(p).find((q) => piece[q] > 0)
      if (beside !== undefined) given.push([p, piece[beside]])
    }
    if (given.length === 0) break
    for (const [p, to] of given) piece[p] = to
    open = open.filter((p) => piece[p] === 0)
  }
  const pieces = Array.from({ length: count }, (_, id) => id).filter((id) => labelOf[id] === 1 && touched.has(id + 1)).sort((a, b) => areasPx2[b] - areasPx2[a])
  if (pieces.length < 2) return [mask]
  return pieces.map((id, at) => {
    const own = Uint8Array.from(piece, (to, p) => Number(plane[p] !== 0 && (to === id + 1 || (at === 0 && (to === 0 || !touched.has(to))))))
    const part = encodePlane(own, width, height)
    return { ...part, x: part.x + mask.x, y: part.y + mask.y }
  })
}
