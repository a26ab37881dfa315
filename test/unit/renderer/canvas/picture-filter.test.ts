import { expect, test } from 'vitest'
import { AS_IT_IS, isAsItIs, toneCurve } from '../../../../renderer/canvas/picture-filter.ts'

const at = (curve: readonly number[], place: number) => curve[Math.round(place * (curve.length - 1))]

test('as it is, the curve is a straight line and nothing is drawn', () => {
  const curve = toneCurve(AS_IT_IS)
  curve.forEach((value, i) => expect(value).toBeCloseTo(i / (curve.length - 1)))
  expect(isAsItIs(AS_IT_IS)).toBe(true)
})

test('gamma above 1 lifts the dark parts and leaves black and white', () => {
  const curve = toneCurve({ ...AS_IT_IS, gamma: 2 })
  expect([at(curve, 0), at(curve, 0.25), at(curve, 1)]).toEqual([0, 0.5, 1])
})

test('contrast turns around the middle grey, brightness adds, and nothing leaves [0, 1]', () => {
  expect(at(toneCurve({ ...AS_IT_IS, contrast: 1 }), 0.5)).toBeCloseTo(0.5)
  expect(at(toneCurve({ ...AS_IT_IS, contrast: -1 }), 1)).toBeCloseTo(0.5 + 0.5 / 8)
  expect(at(toneCurve({ ...AS_IT_IS, brightness: 0.25 }), 0.5)).toBeCloseTo(0.75)
  for (const brightness of [-1, 1]) for (const contrast of [-1, 1]) for (const gamma of [0.2, 5]) for (const value of toneCurve({ brightness, contrast, gamma })) expect(value >= 0 && value <= 1).toBe(true)
})
