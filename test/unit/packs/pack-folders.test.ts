import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { installedPacksFolder, packFolder } from '../../../main/packs/pack-folders.ts'
import { readPackManifest } from '../../../main/packs/pack-manifest.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'maskwright-packs-')) })
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

test('installed packs lie in the user’s data folder, unless MASKWRIGHT_PACKS names another', () => {
  vi.stubEnv('MASKWRIGHT_PACKS', '')
  vi.stubEnv('MASKWRIGHT_DATA', join(folder, 'data'))
  expect(installedPacksFolder()).toBe(join(folder, 'data', 'packs'))
  vi.stubEnv('MASKWRIGHT_PACKS', join(folder, 'mine'))
  expect(installedPacksFolder()).toBe(join(folder, 'mine'))
})

test('a pack is there once its folder has a manifest, and a name can’t lead out of the packs', () => {
  vi.stubEnv('MASKWRIGHT_PACKS', join(folder, 'mine'))
  mkdirSync(join(folder, 'mine', 'own-pack'), { recursive: true })
  expect(packFolder('own-pack')).toBeNull()
  writeFileSync(join(folder, 'mine', 'own-pack', 'pack.json'), '{}')
  expect(packFolder('own-pack')).toBe(join(folder, 'mine', 'own-pack'))
  writeFileSync(join(folder, 'pack.json'), '{}')
  for (const name of ['..', '../mine/own-pack', '', 'own-pack/']) expect(packFolder(name)).toBeNull()
})

test('a manifest that is missing, no JSON or misshapen is refused with the file and the field', async () => {
  await expect(readPackManifest(folder)).rejects.toMatchObject({ code: 'not-found' })
  writeFileSync(join(folder, 'pack.json'), '{')
  await expect(readPackManifest(folder)).rejects.toMatchObject({ code: 'bad-file', message: expect.stringMatching(/pack\.json: not JSON/) })
  writeFileSync(join(folder, 'pack.json'), JSON.stringify({ name: 'x', title: '' }))
  await expect(readPackManifest(folder)).rejects.toMatchObject({ code: 'bad-file', message: expect.stringMatching(/pack\.json: title: /) })
})
