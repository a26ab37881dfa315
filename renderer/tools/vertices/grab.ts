import { near } from '../near.ts'
import type { ToolPointer } from '../tool-pointer.ts'
import type { Corners } from './corners.ts'

/** screen px around a corner, and beside an edge, in which a press takes it */
const CORNER_SCREEN_PX = 8
const EDGE_SCREEN_PX = 6

/** What a press takes hold of: a corner, or a place on an edge where a corner would be put (before corner `at`). */
export type Grabbed =
  | { readonly kind: 'corner'; readonly ring: number; readonly at: number }
  | { readonly kind: 'edge'; readonly ring: number; readonly at: number; readonly x: number; readonly y: number }

/** The nearest corner in reach, else the nearest edge in reach; null: neither. O(corners). */
export function grab(corners: Corners, pointer: ToolPointer): Grabbed | null {
  let best: Grabbed | null = null
  let least = Infinity
  for (const [ring, points] of corners.rings.entries()) {
    for (let i = 0; i < points.length; i += 2) {
      const distance = Math.hypot(points[i] - pointer.x, points[i + 1] - pointer.y)
      if (distance < least && near(pointer, { x: points[i], y: points[i + 1] }, CORNER_SCREEN_PX)) {
        least = distance
        best = { kind: 'corner', ring, at: i / 2 }
      }
    }
  }
  if (best !== null) return best
  for (const [ring, points] of corners.rings.entries()) {
    for (let i = 0; i < points.length; i += 2) {
      const j = (i + 2) % points.length
      const dx = points[j] - points[i]
      const dy = points[j + 1] - points[i + 1]
      const length = dx * dx + dy * dy
      const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((pointer.x - points[i]) * dx + (pointer.y - points[i + 1]) * dy) / length))
      const x = points[i] + along * dx
      const y = points[i + 1] + along * dy
      const distance = Math.hypot(x - pointer.x, y - pointer.y)
      if (distance < least && near(pointer, { x, y }, EDGE_SCREEN_PX)) {
        least = distance
        best = { kind: 'edge', ring, at: i / 2 + 1, x, y }
      }
    }
  }
  return best
}
