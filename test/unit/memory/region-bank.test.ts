import { expect, test } from 'vitest'
import { BANK_NEIGHBOURS, mixWithBank, type RegionBank } from '../../../main/memory/region-bank.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'
import { naiveProducts } from '../segment/naive-products.ts'

const unit = (rows: Float32Array, size: number): Float32Array => rows.map((value, at) => value / Math.hypot(...rows.subarray(Math.floor(at / size) * size, Math.floor(at / size) * size + size)))
const random = seededRandom(7)
const rows = (n: number, size: number): Float32Array => unit(Float32Array.from({ length: n * size }, () => random() - 0.5), size)
const bankOf = (m: number, pictures: readonly number[]): RegionBank => ({ keys: rows(m, 3), keySize: 3, values: rows(m, 4), valueSize: 4, pictures: Int32Array.from(pictures) })

test('a cell keeps half of its own feature and takes half of the mean of what looks like it elsewhere', async () => {
  const bank: RegionBank = {
    keys: Float32Array.of(1, 0, 0, 1, 1, 0), keySize: 2,
    values: Float32Array.of(1, 0, 0, 1, 0, 1), valueSize: 2, pictures: Int32Array.of(0, 0, 1),
  }
  // of three regions the cell's own picture has two, so that one is left
  expect([...await mixWithBank(Float32Array.of(1, 0), Float32Array.of(1, 0), 1, bank, 0, naiveProducts)]).toEqual([0.5, 0.5])
  expect([...await mixWithBank(Float32Array.of(1, 0), Float32Array.of(1, 0), 1, bank, 1, naiveProducts)]).toEqual([0.75, 0.25])
})

test('the 20 nearest of other pictures are those of a full sort', async () => {
  const m = 300, n = 50
  const bank = bankOf(m, Array.from({ length: m }, (_, region) => region % 7))
  const own = rows(n, 4), keys = rows(n, 3)
  const mixed = await mixWithBank(own, keys, n, bank, 3, naiveProducts)
  for (let cell = 0; cell < n; cell++) {
    const cosine = (region: number): number => [0, 1, 2].reduce((sum, k) => sum + keys[cell * 3 + k] * bank.keys[region * 3 + k], 0)
    const nearest = Array.from({ length: m }, (_, region) => region).filter((region) => bank.pictures[region] !== 3).sort((a, b) => cosine(b) - cosine(a)).slice(0, BANK_NEIGHBOURS)
    for (let k = 0; k < 4; k++) {
      const mean = nearest.reduce((sum, region) => sum + bank.values[region * 4 + k], 0) / BANK_NEIGHBOURS
      expect(mixed[cell * 4 + k]).toBeCloseTo(own[cell * 4 + k] / 2 + mean / 2, 6)
    }
  }
})

test('a bank without another picture changes nothing, and nothing given is changed', async () => {
  const own = rows(5, 4), before = own.slice()
  expect(await mixWithBank(own, rows(5, 3), 5, bankOf(6, [2, 2, 2, 2, 2, 2]), 2, naiveProducts)).toEqual(before)
  await mixWithBank(own, rows(5, 3), 5, bankOf(6, [0, 1, 2, 3, 4, 5]), 2, naiveProducts)
  expect(own).toEqual(before)
})
