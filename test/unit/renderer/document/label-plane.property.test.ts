import { array, assert, boolean, integer, option, property, record, shuffledSubarray, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import { boxMask } from '../../../../main/masks/place.ts'
import { encodePlane } from '../../../../main/masks/rle.ts'
import { unionMasks } from '../../../../main/masks/set-operations.ts'
import { createLabelPlane, type ShownMask } from '../../../../renderer/document/label-plane.ts'

const WIDTH = 14
const HEIGHT = 9
const box = tuple(integer({ min: 0, max: WIDTH - 2 }), integer({ min: 0, max: HEIGHT - 2 }), integer({ min: 1, max: 8 }), integer({ min: 1, max: 6 })).map(([x, y, w, h]) => boxMask(x, y, Math.min(WIDTH, x + w), Math.min(HEIGHT, y + h)))
const speckled = array(integer({ min: 0, max: 1 }), { minLength: WIDTH * HEIGHT, maxLength: WIDTH * HEIGHT }).map((px) => encodePlane(Uint8Array.from(px), WIDTH, HEIGHT))
const mask = tuple(box, option(speckled, { freq: 4 })).map(([one, more]) => (more === null ? one : unionMasks(one, more)))

/** The topmost annotation of each px, drawn from nothing. */
function naive(shown: readonly ShownMask[], raisedId: number | null): (number | undefined)[] {
  const plane = createLabelPlane(WIDTH, HEIGHT)
  plane.show(shown, raisedId)
  return Array.from(plane.labels, (slot) => plane.idOf(slot))
}

test('whatever changes, a clean plane that draws only the px that differ looks as one drawn from nothing', () => {
  const step = record({ masks: array(option(mask, { freq: 3 }), { minLength: 6, maxLength: 6 }), order: shuffledSubarray([0, 1, 2, 3, 4, 5]), raised: option(integer({ min: 0, max: 5 })), reorders: boolean() })
  assert(property(array(step, { minLength: 1, maxLength: 6 }), (steps) => {
    const plane = createLabelPlane(WIDTH, HEIGHT)
    let held = new Map<number, ShownMask>()
    for (const { masks, order, raised, reorders } of steps) {
      // those of the step before keep their identity where no other mask was drawn for them
      const next = new Map<number, ShownMask>()
      for (const place of reorders ? order : [...order].sort((a, b) => a - b)) {
        const drawn = masks[place]
        const kept = held.get(place)
        if (drawn !== null) next.set(place, { id: place + 1, mask: drawn })
        else if (kept !== undefined) next.set(place, kept)
      }
      held = next
      const shown = [...held.values()]
      const raisedId = raised === null ? null : raised + 1
      plane.show(shown, raisedId, null, true)
      expect(Array.from(plane.labels, (slot) => plane.idOf(slot))).toEqual(naive(shown, raisedId))
    }
  }), { numRuns: 300 })
})
