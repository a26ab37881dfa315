import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readTicksFile } from '../../../main/cli/ticks-file.ts'
import { markOf } from '../../../main/contract/images.ts'
import { writeTicks } from '../../../main/engine/write-ticks.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import { adding, edit, labelClass, scanned } from '../project/sample-project.ts'

const home = mkdtempSync(join(tmpdir(), 'maskwright-ticks-'))
afterAll(() => { rmSync(home, { recursive: true, force: true }) })

test('what is ticked is written as --ticks reads it, with the folder’s name where one path is in two folders', async () => {
  const file = openProjectFile(join(home, 'ticks.maskwright'), { create: { name: 'Ticks' } })
  const [cat, dog] = [labelClass(file, 'cat'), labelClass(file, 'dog', { order: 1 })]
  edit(file, null, adding(cat, dog))
  const scan = (folder: string, paths: readonly string[]) => file.images.applyScan(file.folders.add(join(home, folder)), { added: paths.map((path) => scanned(path)), changed: [], missing: [], returned: [] })
  const [twice, once] = scan('one', ['a.jpg', 'deep/b.jpg'])
  scan('two', ['a.jpg', 'c.jpg'])
  for (const [imageId, ticked] of [[twice, [dog.id]], [once, [cat.id, dog.id]]] as const) {
    const row = file.images.row(imageId)
    if (row === undefined) throw new Error('no such image')
    const mark = markOf(row)
    edit(file, imageId, { added: [], removed: [], updated: [[mark, { ...mark, version: mark.version + 1, ticked: [...ticked] }]] })
  }
  const path = join(home, 'ticks.json')
  expect(await writeTicks(file, path)).toBe(2)
  expect(Object.fromEntries(await readTicksFile(path))).toEqual({ 'one/a.jpg': ['dog'], 'deep/b.jpg': ['cat', 'dog'] })
  file.close()
})
