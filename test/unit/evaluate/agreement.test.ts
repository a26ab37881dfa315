import { expect, test } from 'vitest'
import { agreement, type NamedMask } from '../../../main/evaluate/agreement.ts'
import { boxMask } from '../../../main/masks/place.ts'

const box = (className: string, x: number, y: number, width: number, height: number): NamedMask => ({ className, mask: boxMask(x, y, x + width, y + height) })

test('two who made the same agree wholly, in whatever order they made it', () => {
  const masks = [box('cat', 0, 0, 10, 10), box('cat', 20, 0, 10, 10), box('dog', 0, 20, 4, 4)]
  const found = agreement(new Map([['a.jpg', masks]]), new Map([['a.jpg', masks.toReversed()]]), 5)
  expect(found).toMatchObject({ images: 1, onlyA: 0, onlyB: 0, agreement: 1, meanIoU: 1, f1: 1, worst: [{ image: 'a.jpg', a: 3, b: 3, agreement: 1 }] })
  expect(found.classes.map(({ className, a, b, pairs, agreed }) => [className, a, b, pairs, agreed])).toEqual([['cat', 2, 2, 2, 2], ['dog', 1, 1, 1, 1]])
})

test('masks are matched one to one so that the sum of their IoU is greatest, and one without a partner counts 0', () => {
  // the first of A overlaps both of B; greedy matching by A's order would leave the second without its only partner
  const a = [box('cat', 0, 0, 10, 10), box('cat', 0, 0, 10, 4)]
  const b = [box('cat', 0, 0, 10, 5), box('cat', 0, 0, 10, 9), box('cat', 50, 50, 5, 5)]
  const [cat] = agreement(new Map([['a', a]]), new Map([['a', b]]), 1).classes
  const [first, second] = [90 / 100, 40 / 50]
  expect(cat).toEqual({ className: 'cat', a: 2, b: 3, pairs: 2, agreed: 2, meanIoU: (first + second) / 2, agreement: (first + second) / 3, f1: 4 / 5 })
})

test('the same pixels under another class are no agreement', () => {
  const found = agreement(new Map([['a', [box('cat', 0, 0, 10, 10)]]]), new Map([['a', [box('dog', 0, 0, 10, 10)]]]), 1)
  expect(found).toMatchObject({ agreement: 0, meanIoU: null, f1: 0 })
  expect(found.classes).toHaveLength(2)
})

test('images that only one has are counted and not judged; empty on both sides is agreement; the worst come first', () => {
  const a = new Map<string, NamedMask[]>([['same', []], ['half', [box('cat', 0, 0, 10, 10)]], ['missed', [box('cat', 0, 0, 5, 5)]], ['mine', []]])
  const b = new Map<string, NamedMask[]>([['same', []], ['half', [box('cat', 0, 0, 10, 5)]], ['missed', []], ['yours', []], ['yours too', []]])
  expect(agreement(a, b, 2)).toMatchObject({ images: 3, onlyA: 1, onlyB: 2, agreement: 0.25, worst: [{ image: 'missed', agreement: 0 }, { image: 'half', agreement: 0.5 }] })
  expect(agreement(a, b, 9).worst.at(-1)).toEqual({ image: 'same', a: 0, b: 0, agreement: 1 })
  expect(agreement(new Map(), b, 2)).toMatchObject({ images: 0, onlyB: 5, agreement: null, f1: null, meanIoU: null, worst: [] })
})
