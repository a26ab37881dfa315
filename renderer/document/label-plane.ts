import { decodeInto, forEachSpan, spansOf } from '../../main/masks/rle.ts'
import { subtractMasks, unionAll, unionMasks } from '../../main/masks/set-operations.ts'
import type { Mask } from '../../main/masks/mask.ts'
import { type Box, boxOfMask, cutBoxes, isEmptyBox } from './box.ts'

/** The topmost annotation per pixel, as slots: for display and hit-test. Built from the masks, never stored. */
export interface LabelPlane {
  /** px of the image */
  readonly width: number
  readonly height: number
  /** u16[height, width] row-major: slot of the topmost visible annotation; 0 = none */
  readonly labels: Uint16Array
  /** annotation of a slot; undefined: a free slot */
  idOf(slot: number): number | undefined
  /** slot of a visible annotation; 0 = has none */
  slotOf(annotationId: number): number
  /** slots are below this */
  slotCount(): number
}

/** What the plane shows of one annotation. */
export interface ShownMask {
  readonly id: number
  readonly mask: Mask
}

/** The plane with what the document does to it. */
export interface WritableLabelPlane extends LabelPlane {
  /**
   * Brings the plane to what should be seen and returns what changed. Only boxes that differ are drawn anew.
   * @param shown from back to front; after the first 65,535 the others stay invisible
   * @param raisedId the selected annotation: drawn in front of all others, so that paint on it is never lost from sight
   * @param painted what a stroke has put on the plane already: the raised annotation with just this mask
   * @param clean no stroke has left px on the plane that are not in the masks: only px that differ are drawn anew, not the boxes around them
   * Cost O(n + pixels and runs of what changed).
   */
  show(shown: readonly ShownMask[], raisedId: number | null, painted?: ShownMask | null, clean?: boolean): Box[]
  /** Draws a box anew from the masks, whatever a stroke had painted there. */
  redraw(box: Box): void
  /** A slot for an annotation that is being painted and is not among the shown yet. 0: none is free. */
  claimSlot(annotationId: number): number
  /** What the plane would be inside a box without one annotation: u16[box height, box width]. */
  without(annotationId: number, box: Box): Uint16Array
}

const SLOTS_MAX = 65_535

/**
 * An empty plane.
 * @param reuse a buffer of an earlier image that may be used again
 */
export function createLabelPlane(width: number, height: number, reuse?: Uint16Array): WritableLabelPlane {
  const whole: Box = { x0: 0, y0: 0, x1: width, y1: height }
  const labels = reuse?.length === width * height ? reuse.fill(0) : new Uint16Array(width * height)
  const ids: (number | undefined)[] = [undefined]
  const slots = new Map<number, number>()
  const free: number[] = []
  let order: readonly ShownMask[] = []
  let raised: number | null = null

  const claimSlot = (id: number): number => {
    const present = slots.get(id)
    if (present !== undefined) return present
    const slot = free.pop() ?? (ids.length <= SLOTS_MAX ? ids.length : 0)
    if (slot === 0) return 0
    ids[slot] = id
    slots.set(id, slot)
    return slot
  }
  const releaseSlot = (id: number) => {
    const slot = slots.get(id)
    if (slot === undefined) return
    slots.delete(id)
    ids[slot] = undefined
    free.push(slot)
  }

  /** Draws what lies in `box` into `target` (u16, `stride` px a row, its (0, 0) at (originX, originY)), without annotation `left out`. */
  const draw = (box: Box, target: Uint16Array, stride: number, originX: number, originY: number, leftOut: number | null) => {
    for (let y = box.y0; y < box.y1; y++) {
      const row = (y - originY) * stride - originX
      target.fill(0, row + box.x0, row + box.x1)
    }
    const one = (entry: ShownMask) => {
      const slot = slots.get(entry.id)
      if (slot === undefined || entry.id === leftOut) return
      const { mask } = entry
      if (mask.x >= box.x1 || mask.y >= box.y1 || mask.x + mask.width <= box.x0 || mask.y + mask.height <= box.y0) return
      if (target === labels && mask.x >= box.x0 && mask.y >= box.y0 && mask.x + mask.width <= box.x1 && mask.y + mask.height <= box.y1) {
        decodeInto(mask, labels, width, slot)
        return
      }
      forEachSpan(mask, (y, x0, x1) => {
        if (y < box.y0 || y >= box.y1) return
        const from = x0 > box.x0 ? x0 : box.x0
        const to = x1 < box.x1 ? x1 : box.x1
        if (from < to) target.fill(slot, (y - originY) * stride - originX + from, (y - originY) * stride - originX + to)
      })
    }
    let front: ShownMask | undefined
    for (const entry of order) {
      if (entry.id === raised) front = entry
      else one(entry)
    }
    if (front !== undefined) one(front)
  }

  const redraw = (box: Box) => {
    const inside = cutBoxes(box, whole)
    if (!isEmptyBox(inside)) draw(inside, labels, width, 0, 0, null)
  }

  /** Draws masks over each other, the last in front, inside the px of a region only. O(runs of those that meet its box, px drawn over each other). */
  const drawInside = (region: Mask, masks: readonly ShownMask[]) => {
    const box = boxOfMask(region)
    const spans = spansOf(region)
    const rows = box.y1 - box.y0
    const starts = new Int32Array(rows + 1)
    for (let k = 0; k < spans.length; k += 3) starts[spans[k] - box.y0 + 1] = k + 3
    for (let row = 1; row <= rows; row++) if (starts[row] === 0) starts[row] = starts[row - 1]
    /** whether the region comes into a box: most masks in the box of a long stroke are beside it */
    const comesInto = ({ x0, y0, x1, y1 }: Box) => {
      for (let k = starts[y0 - box.y0]; k < starts[y1 - box.y0]; k += 3) if (spans[k + 1] < x1 && spans[k + 2] > x0) return true
      return false
    }
    for (const { id, mask } of masks) {
      const slot = slots.get(id)
      if (slot === undefined) continue
      const common = cutBoxes(box, boxOfMask(mask))
      if (isEmptyBox(common) || !comesInto(common)) continue
      forEachSpan(mask, (y, x0, x1) => {
        if (y < box.y0 || y >= box.y1) return
        const first = starts[y - box.y0]
        const end = starts[y - box.y0 + 1]
        if (first === end || x1 <= spans[first + 1] || x0 >= spans[end - 1]) return
        const row = y * width
        for (let k = first; k < end; k += 3) {
          const from = x0 > spans[k + 1] ? x0 : spans[k + 1]
          const to = x1 < spans[k + 2] ? x1 : spans[k + 2]
          if (from < to) labels.fill(slot, row + from, row + to)
        }
      })
    }
  }

  /** Draws the px of a region anew from the masks. */
  const redrawInside = (region: Mask) => {
    forEachSpan(region, (y, x0, x1) => { labels.fill(0, y * width + x0, y * width + x1) })
    const front = order.find(({ id }) => id === raised)
    drawInside(region, front === undefined ? order : [...order.filter((entry) => entry !== front), front])
  }

  /** Takes an annotation back from the front: those that lie over it get their px again. */
  const lower = (place: number) => drawInside(order[place].mask, order.slice(place + 1))

  /** Another annotation in front, and nothing else changed: what selecting does. */
  const raise = (raisedId: number | null): Box[] => {
    if (raisedId === raised) return []
    const changed: Box[] = []
    const before = order.findIndex(({ id }) => id === raised)
    const now = order.findIndex(({ id }) => id === raisedId)
    raised = raisedId
    if (before >= 0) {
      lower(before)
      changed.push(boxOfMask(order[before].mask))
    }
    const slot = now < 0 ? undefined : slots.get(order[now].id)
    if (slot !== undefined) {
      decodeInto(order[now].mask, labels, width, slot)
      changed.push(boxOfMask(order[now].mask))
    }
    return changed.filter((box) => !isEmptyBox(box))
  }

  return {
    width,
    height,
    labels,
    idOf: (slot) => ids[slot],
    slotOf: (id) => slots.get(id) ?? 0,
    slotCount: () => ids.length,
    claimSlot,
    redraw,
    without(id, box) {
      const boxWidth = box.x1 - box.x0
      const under = new Uint16Array(boxWidth * (box.y1 - box.y0))
      draw(box, under, boxWidth, box.x0, box.y0, id)
      return under
    },
    show(shown, raisedId, painted = null, clean = false) {
      if (shown === order) return raise(raisedId)
      const there = (id: number, mask: Mask) => painted !== null && painted.id === id && painted.mask === mask && raisedId === id
      const before = new Map(order.map((entry) => [entry.id, entry.mask]))
      const now = new Map(shown.map((entry) => [entry.id, entry.mask]))
      const dirty: Box[] = []
      /** the px of `dirty`, as long as the plane is clean */
      const regions: Mask[] = []
      const differs = (mask: Mask) => {
        dirty.push(boxOfMask(mask))
        regions.push(mask)
      }
      for (const [id, mask] of before) {
        if (now.has(id)) continue
        differs(mask)
        releaseSlot(id)
      }
      for (const { id, mask } of shown) {
        const earlier = before.get(id)
        if (earlier === undefined) {
          claimSlot(id)
          if (!there(id, mask)) differs(mask)
        } else if (earlier !== mask && !there(id, mask)) differs(unionMasks(subtractMasks(earlier, mask), subtractMasks(mask, earlier)))
      }
      const keptBefore = order.filter(({ id }) => now.has(id))
      const keptNow = shown.filter(({ id }) => before.has(id))
      const reordered = keptBefore.some(({ id }, at) => keptNow[at].id !== id)
      const raisedBefore = raised
      order = shown
      raised = raisedId
      const moved: Box[] = []
      if (raisedId !== raisedBefore && !reordered) {
        const lowered = shown.findIndex(({ id }) => id === raisedBefore)
        if (lowered >= 0) {
          lower(lowered)
          moved.push(boxOfMask(shown[lowered].mask))
        }
        const mask = raisedId === null ? undefined : now.get(raisedId)
        if (raisedId !== null && mask !== undefined && !there(raisedId, mask)) differs(mask)
      }
      const boxes = dirty.filter((box) => !isEmptyBox(box))
      const areaPx2 = boxes.reduce((sum, box) => sum + (box.x1 - box.x0) * (box.y1 - box.y0), 0)
      // Many overlapping boxes cost more than the whole plane drawn once.
      const all = reordered || areaPx2 > width * height
      const changed = all ? [whole] : boxes
      if (all || !clean) for (const box of changed) redraw(box)
      // all at once: every mask is gone through once, not once for each that changed
      else if (regions.length > 0) redrawInside(unionAll(regions))
      return reordered ? changed : [...changed, ...moved.filter((box) => !isEmptyBox(box))]
    },
  }
}
