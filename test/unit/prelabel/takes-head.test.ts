import { expect, test } from 'vitest'
import { takesHead } from '../../../main/prelabel/takes-head.ts'

test('a head is for methods on GEM, but not for the published profile nor beside stuff names', () => {
  expect(takesHead('agg-gem', 'corrected', 'report')).toBe(true)
  expect(takesHead('agg-gem', undefined, undefined)).toBe(true)
  for (const method of ['regions', 'maskclip', 'agg-sd', 'no such method', undefined]) expect(takesHead(method, 'corrected', 'none')).toBe(false)
  expect(takesHead('agg-gem', 'reference', 'none')).toBe(false)
  expect(takesHead('agg-gem', 'corrected', 'stuff-floor')).toBe(false)
})
