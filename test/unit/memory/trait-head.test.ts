import { expect, test } from 'vitest'
import { minimise } from '../../../main/memory/minimise.ts'
import { softmax, trainTraitHead, type HeadSample } from '../../../main/memory/trait-head.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'

const goOn = (): Promise<boolean> => Promise.resolve(true)
const sample = (place: number, traits: readonly number[], positive = true, logits: readonly number[] = [0, 0, 0]): HeadSample => ({ logits: Float64Array.from(logits), traits: Float32Array.from(traits), place, positive })

test('the minimum of a narrow valley is found, and nothing more is asked once it has to stop', async () => {
  // Rosenbrock's function: 0 at (1, 1)
  const valley = (at: Float64Array, gradient: Float64Array): Promise<number> => {
    const [x, y] = at
    gradient.set([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])
    return Promise.resolve((1 - x) ** 2 + 100 * (y - x * x) ** 2)
  }
  const at = Float64Array.of(-1.2, 1)
  expect(await minimise(valley, at, 200)).toBe(true)
  expect(await valley(at, new Float64Array(2))).toBeLessThan(1e-6)
  const begun = Float64Array.of(-1.2, 1)
  let asked = 0
  expect(await minimise((place, gradient) => (asked++ < 3 ? valley(place, gradient) : Promise.resolve(undefined)), begun, 200)).toBe(false)
  expect(asked).toBe(4)
})

test('a head learns classes from traits, also what is not of a class', async () => {
  const random = seededRandom(5)
  const near = (x: number): number[] => [x + 0.1 * random(), random()]
  const samples = Array.from({ length: 40 }, (_, i) => sample(i % 2, near(i % 2)))
  const head = await trainTraitHead(samples, 3, true, goOn)
  const shares = (traits: readonly number[]) => [...softmax(head?.logits(new Float64Array(3), Float32Array.from(traits)) ?? new Float64Array(3))]
  expect(shares([0, 0.5])[0]).toBeGreaterThan(0.6)
  expect(shares([1, 0.5])[1]).toBeGreaterThan(0.6)
  // the third was never taught
  expect(shares([1, 0.5])[2]).toBeLessThan(0.2)
  const without = await trainTraitHead([...samples, ...Array.from({ length: 40 }, () => sample(1, near(1), false))], 3, true, goOn)
  expect(softmax(without?.logits(new Float64Array(3), Float32Array.of(1, 0.5)) ?? new Float64Array(3))[1]).toBeLessThan(0.5)
})

test('logits that are right are believed more than those that are as often wrong', async () => {
  const logits = (place: number): number[] => [0, 1, 2].map((c) => (c === place ? 10 : 0))
  const right = await trainTraitHead(Array.from({ length: 300 }, (_, i) => sample(i % 3, [0], true, logits(i % 3))), 3, false, goOn)
  const wrong = await trainTraitHead(Array.from({ length: 300 }, (_, i) => sample(i % 3, [0], true, logits(Math.floor(i / 3) % 3))), 3, false, goOn)
  expect(right?.scale).toBeGreaterThan(0.3)
  expect(wrong?.scale).toBeLessThan(0.05)
  expect(await trainTraitHead([sample(0, [0])], 3, true, () => Promise.resolve(false))).toBeUndefined()
})
