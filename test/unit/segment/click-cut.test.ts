import { expect, test } from 'vitest'
import { clickCut } from '../../../main/segment/click-cut.ts'
import { prepareClickWindow } from '../../../main/segment/click-window.ts'

const WIDTH = 24, HEIGHT = 16, N = WIDTH * HEIGHT
const isBlock = (x: number, y: number): boolean => x >= 6 && x < 15 && y >= 4 && y < 12
/** A dark block on a light ground, with a little grain. */
const lab = [0, 1, 2].map((c) => Float32Array.from({ length: N }, (_, i) => (c === 0 ? (isBlock(i % WIDTH, Math.floor(i / WIDTH)) ? 0.2 : 0.8) : 0) + 0.02 * Math.sin(7 * (i % WIDTH) + 3 * Math.floor(i / WIDTH) + c)))
const window = prepareClickWindow(lab, WIDTH, HEIGHT, null)

test('what is likely roughly becomes what the picture parts exactly', () => {
  // likely: a block that is two px too far to the right
  const odds = Float32Array.from({ length: N }, (_, i) => (isBlock((i % WIDTH) - 2, Math.floor(i / WIDTH)) ? 1 : -1)).map((value, i) => (i % WIDTH < 8 || i % WIDTH >= 15 ? Math.max(-0.1, Math.min(0.1, value)) : value))
  const inside = clickCut(window, odds, [{ x: 10.5, y: 8.5, include: true }])
  expect([...inside].map((value) => value === 1)).toEqual(Array.from({ length: N }, (_, i) => isBlock(i % WIDTH, Math.floor(i / WIDTH))))
})

test('a px that was clicked is what the click says, whatever its odds', () => {
  const odds = new Float32Array(N).fill(-3)
  odds[8 * WIDTH + 10] = 3
  const inside = clickCut(window, odds, [{ x: 2.5, y: 2.5, include: true }, { x: 10.5, y: 8.5, include: false }])
  expect([inside[2 * WIDTH + 2], inside[8 * WIDTH + 10]]).toEqual([1, 0])
})

test('nothing outside the box, not even what was clicked there', () => {
  const boxed = prepareClickWindow(lab, WIDTH, HEIGHT, [4, 4, 20, 12])
  const inside = clickCut(boxed, new Float32Array(N).fill(6), [{ x: 2.5, y: 2.5, include: true }])
  expect([...inside].map((value) => value === 1)).toEqual(Array.from({ length: N }, (_, i) => i % WIDTH >= 4 && i % WIDTH < 20 && i >= 4 * WIDTH && i < 12 * WIDTH))
})
