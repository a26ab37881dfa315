import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Pipeline } from '../../../main/pipeline/owner.ts'
import { createClassTexts } from '../../../main/prelabel/class-texts.ts'
import { createLearning } from '../../../main/prelabel/learning.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import { adding, edit, labelClass } from '../project/sample-project.ts'

const folder = mkdtempSync(join(tmpdir(), 'maskwright-class-texts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A pipeline that knows a text of every class. */
function begun(name: string) {
  const file = openProjectFile(join(folder, `${name}.maskwright`), { create: { name } })
  edit(file, null, adding(labelClass(file, 'cat'), labelClass(file, 'dog', { order: 1 })))
  const asked: boolean[] = []
  const made = { key: 'first' }
  const pipeline = {
    request: (_kind: string, { classes, ensemble }: { classes: readonly unknown[]; ensemble: boolean }) => {
      asked.push(ensemble)
      return Promise.resolve({ values: new Float32Array(2 * classes.length), size: 2, classOf: classes.map((_, place) => place) })
    },
  } as unknown as Pipeline
  return { file, asked, pipeline, made, texts: createClassTexts(file, pipeline, 'demo', () => Promise.resolve({}), () => Promise.resolve(made.key)) }
}

test('one phrasing and 80 are asked for once each, however they take turns, and anew when a class or the checkpoints change', async () => {
  const { file, asked, made, texts } = begun('turns')
  const [one, many] = [await texts(false), await texts(true)]
  expect([await texts(false), await texts(true), await texts(false)]).toEqual([one, many, one])
  expect(asked).toEqual([false, true])
  edit(file, null, adding(labelClass(file, 'ox', { order: 2 })))
  expect(await texts(false)).not.toBe(one)
  expect(asked).toEqual([false, true, false])
  made.key = 'second'
  await texts(true)
  expect(asked).toEqual([false, true, false, true])
  file.close()
})

test('what is remembered is weighed once for each phrasing until something is learnt', async () => {
  const { file, asked, pipeline, texts } = begun('weighed')
  let reads = 0
  const counting = { ...file, memory: { ...file.memory, all: (...of: Parameters<typeof file.memory.all>) => { reads++; return file.memory.all(...of) } } }
  const learning = createLearning(counting, pipeline, 'demo', { of: () => undefined, clear: () => undefined }, () => undefined, { networks: () => Promise.resolve({}), checkpoints: () => Promise.resolve(''), texts, weighed: () => undefined, headChanged: () => undefined })
  for (const ensemble of [false, true, false, true]) expect(await learning.fusion(ensemble, () => true)).toBeNull()
  expect([reads, asked]).toEqual([2, [false, true]])
  // a pack that names regions itself asks no remembered one
  await learning.namer(() => true)
  expect(reads).toBe(2)
  learning.changed(1)
  await learning.fusion(false, () => true)
  expect(reads).toBe(3)
  file.close()
})
