import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { int8Checkpoint } from '../../../main/inference/int8-cache.ts'
import { dropInt8Of } from '../../../main/inference/int8-files.ts'
import { int8Range } from '../../../main/inference/int8-range.ts'
import { clipPrecision, diffusionPrecision, precisionAsked } from '../../../main/inference/precision.ts'
import { openCheckpoint } from '../../../models/checkpoint.ts'
import { readClipConfig } from '../../../models/clip-config.ts'
import { fixtureFolder } from '../../reference/agreement.ts'

const root = mkdtempSync(join(tmpdir(), 'maskwright-int8-cache-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A checkpoint of its own, which a test may change. */
function copied(name: string): string {
  const folder = join(root, name)
  cpSync(fixtureFolder('clip-tiny-hugging-face'), folder, { recursive: true })
  return folder
}
const int8Of = async (folder: string, cache: string, pack = 'tiny') => int8Checkpoint(await openCheckpoint(folder), await readClipConfig(folder), cache, pack)

test('8-bit weights are made once, and anew when the checkpoint changes; a file that was broken off is made again', async () => {
  const folder = copied('once')
  const cache = join(root, 'cache')
  const first = await int8Of(folder, cache)
  expect([...first.tensors.values()].some(({ dtype }) => dtype === 'I8')).toBe(true)
  const [file] = readdirSync(cache)
  const again = await int8Of(folder, cache)
  expect([again.path, readdirSync(cache)]).toEqual([first.path, [file]])
  utimesSync(join(folder, 'model.safetensors'), 1, 1)
  expect((await int8Of(folder, cache)).path).not.toBe(first.path)
  expect(readdirSync(cache)).toHaveLength(2)
  writeFileSync(first.path, 'broken off')
  utimesSync(join(folder, 'model.safetensors'), 2, 2)
  const third = await int8Of(folder, cache)
  writeFileSync(third.path, 'broken off')
  expect((await int8Of(folder, cache)).tensors.size).toBe(first.tensors.size)
})

test('the last three are kept, the one unused longest goes', async () => {
  const folder = copied('many')
  const cache = join(root, 'many-cache')
  const paths: string[] = []
  for (const time of [10, 20, 30, 40]) {
    utimesSync(join(folder, 'model.safetensors'), time, time)
    const { path } = await int8Of(folder, cache)
    utimesSync(path, time, time)
    paths.push(path)
  }
  expect(readdirSync(cache).sort()).toEqual(paths.slice(1).map((path) => path.slice(cache.length + 1)).sort())
})

test('what was made of one pack can be deleted, and no other’s', async () => {
  const folder = copied('several')
  const cache = join(root, 'several-cache')
  for (const pack of ['tiny', 'tiny-2', 'other']) await int8Of(folder, cache, pack)
  await dropInt8Of(cache, 'tiny')
  expect(readdirSync(cache).map((name) => name.split('.')[0]).sort()).toEqual(['other', 'tiny-2'])
  await dropInt8Of(join(root, 'never-made'), 'tiny')
})

test('where they can’t be kept, that is said with the way out', async () => {
  const folder = copied('read-only')
  writeFileSync(join(root, 'a-file'), '')
  await expect(int8Of(folder, join(root, 'a-file'))).rejects.toMatchObject({ code: 'no-permission', message: expect.stringMatching(/8-bit weights of .* can’t be kept in .*choose the precision float32/) })
  const closed = join(root, 'closed')
  mkdirSync(closed)
  chmodSync(closed, 0o500)
  if (process.getuid?.() !== 0) await expect(int8Of(folder, closed)).rejects.toMatchObject({ code: 'no-permission' })
})

test('the range of weights is what this processor adds up without overflow', async () => {
  expect([127, 63]).toContain(await int8Range())
})

test('each device gets the precision it is good at, and float32 otherwise', () => {
  const clip = { folder: 'clip', side: 224, int8: false }
  const eight = { clip: { ...clip, int8: true } }
  expect([precisionAsked('auto', { clip }), precisionAsked('auto', eight), precisionAsked('float32', eight), precisionAsked('int8', { clip }), precisionAsked('auto', { clip: null })]).toEqual(['float32', 'int8', 'float32', 'int8', 'float32'])
  expect([clipPrecision('auto', eight, 'cpu'), clipPrecision('auto', eight, 'cuda'), clipPrecision('float16', eight, 'cpu'), clipPrecision('float16', eight, 'webgpu'), clipPrecision('int8', { clip }, 'cpu'), clipPrecision('int8', { clip }, 'dml')]).toEqual(['int8', 'float32', 'float32', 'float16', 'int8', 'float32'])
  expect((['auto', 'float32', 'float16', 'int8'] as const).map((choice) => [diffusionPrecision(choice, 'cpu'), diffusionPrecision(choice, 'cuda')])).toEqual([['float32', 'float32'], ['float32', 'float32'], ['float32', 'float16'], ['float32', 'float32']])
})
