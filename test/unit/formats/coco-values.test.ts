import { decode, encode } from '@msgpack/msgpack'
import { expect, test } from 'vitest'
import { carriedOf, type JsonObject } from '../../../main/formats/coco-values.ts'

const parsed = (text: string) => JSON.parse(text) as JsonObject

test('keys that are not ours are carried as they stand', () => {
  const object = parsed('{"id": 1, "tags": ["a", {"b": [1, null, true]}], "text": "x"}')
  expect(carriedOf(object, new Set(['id']))).toEqual({ tags: ['a', { b: [1, null, true] }], text: 'x' })
  expect(carriedOf(object, new Set(['id', 'tags', 'text']))).toBeNull()
})

test('what a file carries can travel to the page and into the history, whatever it is', () => {
  const deep = '['.repeat(120) + ']'.repeat(120)
  const carried = carriedOf(parsed(`{"__proto__": {"a": 1}, "inner": {"__proto__": 2, "kept": 3}, "deep": ${deep}}`), new Set())
  expect(decode(encode({ annotations: [{ carried }] }))).toEqual({ annotations: [{ carried }] })
  expect(Object.keys(carried ?? {})).toEqual(['inner', 'deep'])
  expect(carried?.['inner']).toEqual({ kept: 3 })
})
