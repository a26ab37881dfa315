import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { PackManifest } from '../../../main/contract/packs.ts'
import { installableManifest } from '../../../main/packs/catalogue.ts'
import { builtInPacksFolder } from '../../../main/packs/pack-folders.ts'
import { clipConfig } from '../../../models/clip-config.ts'
import { Config } from '../../../models/config.ts'

const NAMES = readdirSync(builtInPacksFolder()).filter((name) => name.endsWith('.json')).map((name) => basename(name, '.json'))

test.each(NAMES)('the manifest of %s names each file once, weights as safetensors, and gives CLIP’s config where the hub’s may say too little', async (name) => {
  const manifest = await installableManifest(name)
  const paths = manifest.files.map(({ path }) => path)
  expect(new Set(paths).size).toBe(paths.length)
  expect(paths.filter((path) => path.endsWith('.safetensors'))).toHaveLength(4)
  for (const { path, from, content, bytes, sha256 } of manifest.files) {
    expect((from === null) === (content !== undefined), path).toBe(true)
    // a hash without its length would be a slip
    expect(sha256 === null || bytes !== null, path).toBe(true)
  }
  const config = manifest.files.find(({ path }) => path === 'clip/open_clip_config.json')?.content ?? ''
  const { vision, text, embedding } = clipConfig(new Config(name, JSON.parse(config)))
  expect([vision.activation, text.activation, vision.width, text.width, embedding]).toEqual(['quick_gelu', 'quick_gelu', 768, 512, 512])
  expect(vision.patch).toBe(name.endsWith('b32') ? 32 : 16)
  expect((manifest.clip?.side ?? 0) % vision.patch).toBe(0)
})

test('a pack’s own settings are settings of the table, in their ranges', async () => {
  const manifest = await installableManifest(NAMES[0])
  expect(PackManifest.parse({ ...manifest, defaultSettings: { temperature: 0.1 } }).defaultSettings).toEqual({ temperature: 0.1 })
  for (const defaultSettings of [{ temperature: 5 }, { edgeSnap: 'sharp' }, { warmth: 1 }]) expect(PackManifest.safeParse({ ...manifest, defaultSettings }).error?.issues[0].message).toContain('settings of the table')
  expect(PackManifest.parse(Object.fromEntries(Object.entries(manifest).filter(([key]) => key !== 'defaultSettings'))).defaultSettings).toEqual({})
})
