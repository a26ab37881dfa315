import { expect, test } from 'vitest'
import { ByteRate } from '../../../main/packs/byte-rate.ts'
import { readableBytes } from '../../../main/packs/readable-bytes.ts'
import { packSize } from '../../../renderer/views/dialogs/pack-size.ts'

test('a rate is told after half a second, over the last five, and begins anew when bytes are taken back', () => {
  const rate = new ByteRate()
  rate.add(0, 0)
  rate.add(100, 400)
  expect(rate.perSecond()).toBeNull()
  rate.add(1000, 1000)
  expect(rate.perSecond()).toBe(1000)
  for (let s = 2; s <= 20; s++) rate.add(1000 + (s - 1) * 10, s * 1000)
  expect(rate.perSecond()).toBeCloseTo(10, 5)
  rate.add(0, 21_000)
  expect(rate.perSecond()).toBeNull()
})

test('sizes are read in powers of ten, in the person’s language', () => {
  expect([0, 999, 971_000, 2_731_122_490].map(readableBytes)).toEqual(['0 bytes', '999 bytes', '971 kB', '2.73 GB'])
  expect([971_000, 2_731_122_490].map((bytes) => packSize(bytes, 'en'))).toEqual(['971 kB', '2.73 GB'])
  // the space is one that does not break
  expect(['de', 'fr'].map((language) => packSize(2_731_122_490, language).replaceAll(/\s/g, ' '))).toEqual(['2,73 GB', '2,73 Go'])
  expect(packSize(10, 'en')).toBe('0.01 kB')
})
