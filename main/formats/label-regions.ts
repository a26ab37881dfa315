import type { Annotation } from '../contract/records.ts'
import type { Mask } from '../masks/mask.ts'
import { areaOf, encodeSpans, forEachSpan } from '../masks/rle.ts'
import type { Findings } from './findings.ts'

/**
 * The pixels of each value of a map as a mask, in the order of first pixels.
 * @param values [height, width]
 * @param none value that is no region
 * Cost O(pixels).
 */
export function regionsOf(values: ArrayLike<number>, width: number, height: number, none: number): Map<number, Mask> {
  const spans = new Map<number, { list: Int32Array; length: number }>()
  for (let y = 0, row = 0; y < height; y++, row += width) {
    const end = row + width
    for (let p = row; p < end;) {
      const value = values[p]
      const start = p++
      while (p < end && values[p] === value) p++
      if (value === none) continue
      let of = spans.get(value)
      if (of === undefined) {
        of = { list: new Int32Array(96), length: 0 }
        spans.set(value, of)
      }
      if (of.length === of.list.length) {
        const larger = new Int32Array(of.list.length * 2)
        larger.set(of.list)
        of.list = larger
      }
      of.list[of.length] = y
      of.list[of.length + 1] = start - row
      of.list[of.length + 2] = p - row
      of.length += 3
    }
  }
  return new Map([...spans].map(([value, { list, length }]) => [value, encodeSpans(list, length)]))
}

export interface Painted {
  /** u16[height, width]: place in `order` + 1, 0 where nothing lies */
  readonly plane: Uint16Array
  /** the annotations painted, from back to front */
  readonly order: readonly Annotation[]
  /** those of them that kept a pixel */
  readonly shown: readonly Annotation[]
}

/**
 * Gives each pixel to one annotation: the one in front, or the smaller one. Every pixel that one takes from another is
 * counted, and reported when they are of different objects. O(pixels of the masks).
 */
export function paintInOrder(annotations: readonly Annotation[], width: number, height: number, overlap: 'front' | 'smaller', findings: Findings, imageName: string, className: (id: number | null) => string): Painted {
  const inFront = (a: Annotation, b: Annotation): number => a.z - b.z || a.id - b.id
  // a crowd never covers the objects in it
  const order = annotations.toSorted((a, b) => Number(b.crowd) - Number(a.crowd) || (overlap === 'smaller' ? areaOf(b.mask) - areaOf(a.mask) : 0) || inFront(a, b))
  const plane = new Uint16Array(width * height)
  // pixels each kept
  const leftPx2 = new Int32Array(order.length)
  for (const [i, { mask }] of order.entries()) {
    const taken = new Map<number, number>()
    forEachSpan(mask, (y, x0, x1) => {
      const row = y * width
      for (let p = row + x0; p < row + x1; p++) {
        const before = plane[p]
        if (before !== 0) taken.set(before - 1, (taken.get(before - 1) ?? 0) + 1)
        plane[p] = i + 1
      }
      leftPx2[i] += x1 - x0
    })
    for (const [from, px2] of taken) {
      leftPx2[from] -= px2
      findings.add('overlap', 'mended', `a pixel has one owner here: the ${overlap === 'front' ? 'one in front' : 'smaller one'} keeps it`,
        `${imageName}: “${className(order[i].classId)}” (annotation ${order[i].id}) takes ${px2} px from “${className(order[from].classId)}” (annotation ${order[from].id})`)
    }
  }
  for (const [i, annotation] of order.entries()) {
    if (leftPx2[i] === 0 && annotation.mask.width > 0) findings.add('covered', 'mended', 'left out: others cover it wholly', `${imageName}: “${className(annotation.classId)}” (annotation ${annotation.id})`)
  }
  return { plane, order, shown: order.filter((_, i) => leftPx2[i] > 0) }
}

/** Where a format has one region a class and image: which objects become one, with the ids and keys they had. */
export function sayJoined(annotations: readonly Annotation[], className: (id: number | null) => string, imageName: string, findings: Findings): void {
  const counts = new Map<number | null, number>()
  for (const { classId } of annotations) counts.set(classId, (counts.get(classId) ?? 0) + 1)
  for (const [classId, count] of counts) if (count > 1) findings.add('objects-joined', 'note', 'written as one region: this format has one a class and picture', `${imageName}: ${count} of “${className(classId)}”`)
}
