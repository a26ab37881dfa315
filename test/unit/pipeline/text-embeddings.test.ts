import { expect, test } from 'vitest'
import { openMapsCache } from '../../../main/inference/maps-cache.ts'
import type { PackNetworks } from '../../../main/inference/pack-networks.ts'
import { createTextEmbeddings } from '../../../main/pipeline/text-embeddings.ts'

const classes = Array.from({ length: 30 }, (_, i) => ({ name: `class ${i}` }))
/** Every class a direction of its own. */
const directionOf = (place: number): [number, number] => [Math.cos(place), Math.sin(place)]

test('a long class list is embedded in parts: what is cut off goes on where it was', async () => {
  const asked: number[] = []
  let fails = true
  const embed = (prompts: readonly string[]): Promise<Float32Array> => {
    asked.push(prompts.length)
    if (fails && asked.length === 3) return Promise.reject(new Error('cut off'))
    return Promise.resolve(Float32Array.from(prompts.flatMap((prompt) => directionOf(Number(/class (\d+)/.exec(prompt)?.[1])))))
  }
  const texts = createTextEmbeddings({ embed } as unknown as PackNetworks, openMapsCache('', 0), 'pack')
  await expect(texts.of(classes, true)).rejects.toThrow('cut off')
  fails = false
  const { values, size, classOf } = await texts.of(classes, true)
  // 80 phrasings of six names at once
  expect([asked, size, classOf.length]).toEqual([[480, 480, 480, 480, 480, 480], 2, 30])
  classes.forEach((_, i) => directionOf(i).forEach((value, k) => expect(values[2 * i + k]).toBeCloseTo(value, 5)))
  await texts.of(classes, true)
  expect(asked).toHaveLength(6)
})
