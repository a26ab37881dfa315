import { expect, test } from 'vitest'
import { decodeInto, encodePlane } from '../../../main/masks/rle.ts'
import { sampleInto } from '../../../main/masks/sample.ts'

test.each([1, 0.5, 0.31])('at factor %f a px of the small plane says what lies under its middle', (factor) => {
  const [width, height] = [37, 23]
  const plane = Uint8Array.from({ length: width * height }, (_, p) => Number((p * 7919) % 11 < 5 || Math.floor(p / width) % 5 === 0))
  const mask = encodePlane(plane, width, height)
  const whole = new Uint8Array(width * height)
  decodeInto(mask, whole, width, 9)
  const [w, h] = [Math.floor(width * factor), Math.floor(height * factor)]
  const small = new Uint8Array(w * h)
  sampleInto(mask, factor, small, w, h, 9)
  const expected = Array.from({ length: w * h }, (_, p) => whole[Math.floor((Math.floor(p / w) + 0.5) / factor) * width + Math.floor(((p % w) + 0.5) / factor)])
  expect([...small]).toEqual(expected)
})
