import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseClassList, writeClassList } from '../../../main/formats/class-list.ts'

const plain = (name: string) => ({ name, synonyms: [], colour: null, extent: 'thing' })

test.each([
  ['one name a line', '\uFEFFcat\r\n\r\n dog \ncat\n'],
  ['a JSON list of names', '["cat", "dog"]'],
  ['our own lists', '{"classes": ["cat", "dog"]}'],
  ['names by id', '{"names": {"0": "cat", "1": "dog"}}'],
])('%s is read', (_, text) => {
  expect(parseClassList(text)).toEqual([plain('cat'), plain('dog')])
})

test('CVAT’s labels bring their colours, COCO’s categories say what is stuff', () => {
  expect(parseClassList('[{"name": "cat", "color": "#FF00aa", "attributes": []}]')).toEqual([{ ...plain('cat'), colour: '#ff00aa' }])
  expect(parseClassList('{"images": [], "categories": [{"id": 1, "name": "sky", "isthing": 0}, {"id": 2, "name": "cat"}]}')).toEqual([{ ...plain('sky'), extent: 'stuff' }, plain('cat')])
})

test('a list that is written is read as it was', () => {
  const entry = { name: 'sky', synonyms: ['heaven', 'clouds'], colour: '#0072b2', extent: 'stuff' as const }
  const text = writeClassList([{ ...entry, kind: 'class', id: 4, version: 1, order: 0, importedId: 7, carried: null }])
  expect(parseClassList(text)).toEqual([entry])
})

test('the lists that come along are read', () => {
  expect(parseClassList(readFileSync('resources/class-lists/voc.json', 'utf8')).map(({ name }) => name)).toContain('aeroplane')
})

test.each(['', '{}', '[1, 2]', '{"classes": '])('%j is refused', (text) => {
  expect(() => parseClassList(text)).toThrow()
})
