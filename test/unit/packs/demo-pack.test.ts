import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PackManifest } from '../../../main/contract/packs.ts'
import { openClipModel } from '../../../main/inference/clip-model.ts'
import { builtInPacksFolder } from '../../../main/packs/pack-folders.ts'
import { renderScene } from '../../../main/scenes/render-scene.ts'
import { SCENE_CLASSES } from '../../../main/scenes/scene-classes.ts'
import { gemPrompt } from '../../../models/clip-tokenizer.ts'

const FOLDER = join(builtInPacksFolder(), 'demo')
const manifest = PackManifest.parse(JSON.parse(readFileSync(join(FOLDER, 'pack.json'), 'utf8')))

test('the demo pack is whole, below 40 MB, and ships with the program', () => {
  for (const { path, bytes, sha256, from } of manifest.files) {
    const content = readFileSync(join(FOLDER, path))
    expect({ path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex'), from }).toEqual({ path, bytes, sha256, from: null })
  }
  expect(manifest.files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)).toBeLessThan(40e6)
})

test('its CLIP knows what most cells of a scene show', { timeout: 60_000 }, async () => {
  const clip = await openClipModel(join(FOLDER, 'clip'), 'gem', { threads: 1 })
  try {
    const side = manifest.clip?.side ?? 0
    const texts = await clip.embedTexts(SCENE_CLASSES.map(({ name }) => gemPrompt(name)))
    let right = 0
    let cells = 0
    for (const seed of [2_000_000, 2_000_001, 2_000_002, 2_000_003]) {
      const { rgb, ids, objects } = await renderScene(seed, side)
      const { features, h, w, size } = await clip.denseFeatures(rgb, side, side)
      for (let cell = 0; cell < h * w; cell++) {
        const cosine = SCENE_CLASSES.map((_, c) => { let sum = 0; for (let i = 0; i < size; i++) sum += features[cell * size + i] * texts[c * size + i]; return sum })
        const x = (cell % w) * clip.patch + clip.patch / 2
        const y = Math.floor(cell / w) * clip.patch + clip.patch / 2
        if (cosine.indexOf(Math.max(...cosine)) === objects[ids[y * side + x]].place) right++
        cells++
      }
    }
    // 20 classes: chance is 0.05
    expect(right / cells).toBeGreaterThan(0.6)
  } finally {
    await clip.close()
  }
})
