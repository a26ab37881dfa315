import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readClassesFile } from '../../../main/cli/class-lists.ts'

const folder = mkdtempSync(join(tmpdir(), 'maskwright-class-lists-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  ['names.txt', 'sky\n\n  old tree \n', ['sky', 'old tree']],
  ['names.json', '["sky", "tree"]', ['sky', 'tree']],
  ['ids.yaml', '# a data set\ntrain:\n  images: ../images\nnames:\n  10: tree\n  2: sky\n', ['sky', 'tree']],
  ['list.yml', 'classes: [sky, tree]\n', ['sky', 'tree']],
  ['ids.json', '{ "names": { "1": "tree", "0": "sky" } }', ['sky', 'tree']],
])('class names of %s', async (name, text, expected) => {
  writeFileSync(join(folder, name), text)
  expect(await readClassesFile(join(folder, name))).toEqual(expected)
})

test.each([
  ['none.yaml', 'train: images\n', /none\.yaml: it holds no "id: name" lines/],
  ['twice.yaml', 'names: [sky, sky]\n', /class "sky" is listed twice/],
  ['cut.json', '["sky"', /not a JSON list of names/],
])('%s is refused by its name', async (name, text, message) => {
  writeFileSync(join(folder, name), text)
  await expect(readClassesFile(join(folder, name))).rejects.toThrow(message)
})
