import { expect, test } from 'vitest'
import { clickCut, prepareCut } from '../../../main/segment/click-cut.ts'

const WIDTH = 24, HEIGHT = 16
/** A dark block on a light ground, with a little grain. */
function colours(): Float64Array {
  const out = new Float64Array(3 * WIDTH * HEIGHT)
  for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) for (let c = 0; c < 3; c++) out[(c * HEIGHT + y) * WIDTH + x] = (isBlock(x, y) ? 0.2 : 0.8) + 0.02 * Math.sin(7 * x + 3 * y + c)
  return out
}
const isBlock = (x: number, y: number): boolean => x >= 6 && x < 15 && y >= 4 && y < 12
const picture = prepareCut(colours(), WIDTH, HEIGHT)
const count = (inside: Uint8Array): number => inside.reduce((sum, value) => sum + value, 0)

test('what clicks mean roughly becomes what the colours part exactly', () => {
  // said: a block that is too small on one side and too large on the other
  const values = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => ((i % WIDTH) >= 8 && (i % WIDTH) < 17 && Math.floor(i / WIDTH) >= 4 && Math.floor(i / WIDTH) < 12 ? 1 : -1))
  const inside = clickCut(picture, values, [{ x: 10.5, y: 8.5, include: true }])
  expect([...inside].every((value, i) => (value === 1) === isBlock(i % WIDTH, Math.floor(i / WIDTH)))).toBe(true)
})

test('a px that was clicked is what the click says, whatever its colour', () => {
  const values = new Float32Array(WIDTH * HEIGHT).fill(-3)
  values[8 * WIDTH + 10] = 1
  const inside = clickCut(picture, values, [{ x: 2.5, y: 2.5, include: true }, { x: 10.5, y: 8.5, include: false }])
  expect([inside[2 * WIDTH + 2], inside[8 * WIDTH + 10]]).toEqual([1, 0])
})

test('with nothing on one side there is nothing to cut', () => {
  expect(count(clickCut(picture, new Float32Array(WIDTH * HEIGHT).fill(1), []))).toBe(WIDTH * HEIGHT)
  expect(count(clickCut(picture, new Float32Array(WIDTH * HEIGHT).fill(-1), []))).toBe(0)
})
