import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectArguments } from '../../../build/start-project.mjs'

const home = mkdtempSync(join(tmpdir(), 'maskwright-start-'))
const data = process.env['MASKWRIGHT_DATA']
beforeAll(() => { process.env['MASKWRIGHT_DATA'] = home })
afterAll(() => {
  if (data === undefined) delete process.env['MASKWRIGHT_DATA']
  else process.env['MASKWRIGHT_DATA'] = data
  rmSync(home, { recursive: true, force: true })
})
const fileOf = (images?: string) => projectArguments(images === undefined ? {} : { images })[1]

test('a project is called like its folder of pictures, that of the drawn scenes “Sample scenes”, and two folders of one name have two', () => {
  expect(basename(fileOf())).toBe('Sample scenes.maskwright')
  const [cats, others] = ['a', 'b'].map((name) => fileOf(join(home, name, 'cats')))
  expect([basename(cats), basename(others), cats === others, fileOf(join(home, 'a/cats'))]).toEqual(['cats.maskwright', 'cats.maskwright', false, cats])
})

test('a project that an earlier version made is opened where it lies', () => {
  const tag = basename(dirname(fileOf()))
  const before = join(home, 'projects', `scenes-${tag}.maskwright`)
  mkdirSync(dirname(before), { recursive: true })
  writeFileSync(before, '')
  expect(fileOf()).toBe(before)
})
