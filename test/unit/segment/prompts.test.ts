import { expect, test } from 'vitest'
import { ENSEMBLE_TEMPLATES, ensembleEmbedding, maximumOverNames, planPrompts, STUFF_NAMES } from '../../../main/segment/prompts.ts'

test('there are 80 different templates, each with one place for the name, and 26 stuff names', () => {
  expect(new Set(ENSEMBLE_TEMPLATES).size).toBe(80)
  expect(ENSEMBLE_TEMPLATES.every((template) => template.split('{}').length === 2)).toBe(true)
  expect(new Set(STUFF_NAMES).size).toBe(26)
})

test('every name of a class is its own list of texts, in order, without repeats', () => {
  expect(planPrompts([{ name: 'cat' }, { name: 'sofa', synonyms: ['couch', ' Sofa ', ''] }], false)).toEqual({
    texts: [['a photo of a cat.'], ['a photo of a sofa.'], ['a photo of a couch.']], classOf: [0, 1, 1],
  })
  expect(planPrompts([{ name: '$& {}' }], false).texts).toEqual([['a photo of a $& {}.']])
  expect(planPrompts([{ name: 'cat' }], true).texts[0]).toHaveLength(80)
  expect(() => planPrompts([{ name: ' ' }], false)).toThrow('class 0 has no name')
})

test('a class scores the maximum over its names', () => {
  expect([...maximumOverNames(Float32Array.of(1, 5, 3, 4, 2, 9), [0, 1, 1], 2)]).toEqual([1, 5, 4, 9])
})

test('an ensemble is the normalised mean of normalised texts', () => {
  const out = ensembleEmbedding(Float32Array.of(2, 0, 0, 5), 2)
  expect(out[0]).toBeCloseTo(Math.SQRT1_2, 6)
  expect(out[1]).toBeCloseTo(Math.SQRT1_2, 6)
  expect([...ensembleEmbedding(new Float32Array(4), 2)]).toEqual([0, 0])
})
