import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { INT8_CACHE, pipelineArguments, probeArguments, probedDevice, readArguments } from '../../../main/pipeline/arguments.ts'

afterEach(() => vi.unstubAllEnvs())

test('while a page may be open one core is left to it; a command takes all', () => {
  const folder = join('data', 'cache', 'maps')
  expect(readArguments(pipelineArguments(folder, true), 4)).toMatchObject({ threads: 3, cacheFolder: folder, cacheBytes: 4e9, int8Folder: join('data', ...INT8_CACHE) })
  expect(readArguments(pipelineArguments(folder, false), 4).threads).toBe(4)
  expect(readArguments(pipelineArguments(folder, true), 1).threads).toBe(1)
})

test('the cache’s size is the person’s to choose, and nothing is kept where there is no data folder', () => {
  vi.stubEnv('MASKWRIGHT_CACHE_GB', '0.5')
  expect(readArguments(['--cache=here'], 2).cacheBytes).toBe(5e8)
  expect(readArguments([], 2).cacheBytes).toBe(0)
  vi.stubEnv('MASKWRIGHT_CACHE_GB', 'much')
  expect(() => readArguments(['--cache=here'], 2)).toThrow('MASKWRIGHT_CACHE_GB is much; a number of gigabytes is wanted')
})

test('a process that only tries a device is told which', () => {
  expect([probedDevice(probeArguments('webgpu')), probedDevice(['--cache=here'])]).toEqual(['webgpu', null])
})
