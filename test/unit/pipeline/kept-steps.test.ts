import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createKeptSteps } from '../../../main/pipeline/kept-steps.ts'

const folder = mkdtempSync(join(tmpdir(), 'maskwright-kept-steps-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
function photo(name: string, text = 'a photo'): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('a step runs once for what it depends on, until another photo is asked for or the file changes', async () => {
  const steps = createKeptSteps()
  const path = photo('a.jpg')
  const made: string[] = []
  const ask = async (of: number, begin = true, at = path) => (await steps(at, begin)).step('labels', [of], () => made.push(`${of}`))
  for (const of of [1, 2, 1, 2]) await ask(of)
  expect(made).toEqual(['1', '2'])
  // who keeps nothing uses what is there, and begins nothing
  await ask(1, false)
  await ask(1, false, photo('b.jpg'))
  expect(made).toEqual(['1', '2', '1'])
  await ask(2)
  expect(made).toHaveLength(3)
  photo('a.jpg', 'another photo')
  await ask(2)
  expect(made).toHaveLength(4)
})

test('of each kind the four used last are kept, of other kinds the rest stays', async () => {
  const { step } = await createKeptSteps()(photo('many.jpg'), true)
  const made: string[] = []
  const ask = (kind: string, of: number) => step(kind, [of], () => made.push(`${kind} ${of}`))
  await ask('vectors', 20)
  for (const of of [1, 2, 3, 4, 1, 5]) await ask('labels', of)
  made.length = 0
  for (const of of [1, 3, 4, 5]) await ask('labels', of)
  await ask('vectors', 20)
  expect(made).toEqual([])
  await ask('labels', 2)
  expect(made).toEqual(['labels 2'])
})

test('a step that failed is tried again', async () => {
  const { step } = await createKeptSteps()(photo('fails.jpg'), true)
  await expect(step('labels', [], () => Promise.reject(new Error('no memory')))).rejects.toThrow('no memory')
  expect(await step('labels', [], () => 7)).toBe(7)
})
