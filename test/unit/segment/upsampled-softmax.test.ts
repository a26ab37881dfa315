import { expect, test } from 'vitest'
import { resize } from '../../../main/resample/resize.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'
import { softmaxRows } from '../../../main/segment/softmax.ts'
import { softmaxUpsampled } from '../../../main/segment/upsampled-softmax.ts'

test.each([[7, 5, 23, 31], [16, 12, 5, 7], [6, 6, 6, 20], [1, 1, 4, 4], [3, 2, 300, 200], [9, 9, 9, 9]])('softmax of logits enlarged %i × %i → %i × %i is that of the enlarged map', (height, width, outHeight, outWidth) => {
  const random = seededRandom(5), channels = 6
  for (const temperature of [1, 0.1, 0.01, 0.001]) {
    const logits = Float32Array.from({ length: height * width * channels }, () => random() - 0.5)
    const wanted = resize(logits, height, width, channels, outHeight, outWidth, 'bilinear')
    softmaxRows(wanted, channels, temperature, wanted)
    let off = 0
    softmaxUpsampled(logits, height, width, channels, outHeight, outWidth, temperature, (y, row) => row.forEach((value, i) => { off = Math.max(off, Math.abs(value - wanted[y * outWidth * channels + i])) }))
    // logits are rounded to f32, and the shares of their columns to 1e-6 and better at these sizes
    expect(off).toBeLessThan(1e-6 + 1e-6 / temperature)
  }
})

test('a channel that is nothing at one column and all at the next is told everywhere between, and sums stay 1', () => {
  const rows: number[][] = []
  softmaxUpsampled(Float32Array.of(1, -1, -1, 1), 1, 2, 2, 1, 401, 0.0005, (_, row) => rows.push([...row]))
  const [row] = rows
  for (let x = 0; x < 401; x++) expect(row[2 * x] + row[2 * x + 1]).toBeCloseTo(1, 6)
  expect([row[0], row[801]]).toEqual([1, 1])
  expect(row[400]).toBeCloseTo(0.5, 3)
})
