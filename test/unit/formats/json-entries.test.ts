import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { jsonEntries, JsonPlaceError, placeInFile } from '../../../main/formats/json-entries.ts'

const home = mkdtempSync(join(tmpdir(), 'maskwright-json-'))
afterAll(() => rmSync(home, { recursive: true }))
const path = join(home, 'file.json')

/** The object read through the entries, as JSON.parse would give it. */
function read(text: string | Uint8Array, chunkBytes?: number, skip: readonly string[] = []): Record<string, unknown> {
  writeFileSync(path, text)
  const out: Record<string, unknown> = {}
  for (const { key, index, text: piece } of jsonEntries(path, new Set(['a', 'b']), new Set(skip), undefined, chunkBytes)) {
    const value = piece === '' ? null : (JSON.parse(piece) as unknown)
    if (index < 0) Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true })
    else {
      const list = index === 0 ? [] : (out[key] as unknown[])
      list.push(value)
      out[key] = list
    }
  }
  return out
}

test('any object comes back as JSON.parse reads it, whatever the chunks and the white space', () => {
  const object = fc.dictionary(fc.oneof(fc.constantFrom('a', 'b'), fc.string({ unit: 'grapheme' })), fc.oneof(fc.array(fc.jsonValue()), fc.jsonValue()))
  fc.assert(fc.property(object, fc.integer({ min: 4, max: 64 }), fc.constantFrom(0, 1, '\t'), (value, chunkBytes, space) => {
    const text = JSON.stringify(value, null, space)
    expect(read(text, chunkBytes)).toEqual(JSON.parse(text))
  }), { numRuns: 500 })
})

test('any bytes are read, or refused with a place, and nothing else happens', () => {
  const bit = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '"a"', '\\', '1', 'NaN', ' ', '\n', 'é')
  fc.assert(fc.property(fc.array(bit, { maxLength: 30 }), (bits) => {
    try {
      read(bits.join(''), 8)
    } catch (error) {
      expect(error instanceof JsonPlaceError || error instanceof SyntaxError).toBe(true)
    }
  }), { numRuns: 3000 })
})

test('elements of skipped lists are counted and not read; an empty list is there', () => {
  expect(read('{"a": [1, {"x": "]"}, [2]], "b": [], "c": [1]}', 8, ['a'])).toEqual({ a: [null, null, null], b: [], c: [1] })
})

test('a byte order mark is passed over', () => {
  expect(read('\ufeff{"a":[1]}')).toEqual({ a: [1] })
})

for (const [text, message, place] of [
  ['', "'{' (a COCO file is one JSON object) expected, found the end of the file", 'line 1, column 1'],
  ['[1, 2]', "'{' (a COCO file is one JSON object) expected, found '[1, 2]'", 'line 1, column 1'],
  ['{"a": [1,\n 2', "',' or ']' after a[1] expected, found the end of the file", 'line 2, column 3'],
  ['{"a": [1]\n\n  "b": 2}', `',' or '}' after "a" expected, found '"b": 2}'`, 'line 3, column 3'],
  ['{"a": "x', 'the file ends inside a text', 'line 1, column 9'],
  ['{"a": 1} {', "the end of the file expected, found '{'", 'line 1, column 10'],
] as const) {
  test(`${JSON.stringify(text)} is refused at ${place}`, () => {
    try {
      read(text)
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof JsonPlaceError)) throw error
      expect(error.message).toBe(message)
      expect(placeInFile(path, error.offset)).toBe(place)
    }
  })
}
