import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PackManifest } from '../../main/contract/packs.ts'
import { fixtureFolder } from './agreement.ts'

/** A tokenizer for the tiny text towers, which know 62 tokens: letters, a few words, start 60, end 61. */
export function writeTinyTokenizer(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const letters = 'abcdefghijklmnopqrstuvwxyz'.split('')
  const words = [...letters, ...letters.map((letter) => `${letter}</w>`), 'ph', 'pho', 'phot', 'photo</w>', 'of</w>', ',</w>', 'an', 'and</w>', '<|startoftext|>', '<|endoftext|>']
  writeFileSync(join(folder, 'vocab.json'), JSON.stringify(Object.fromEntries(words.map((word, i) => [word, i]))))
  writeFileSync(join(folder, 'merges.txt'), '#version: 0.2\np h\nph o\npho t\nphot o</w>\no f</w>\na n\nan d</w>\n')
}

/**
 * A pack of the tiny fixtures, random weights and all: `packs`/tiny. Its names have to be short (two letters): the text towers
 * read nine tokens.
 */
export function writeTinyPack(packs: string, more: Partial<PackManifest> = {}): string {
  const manifest: PackManifest = {
    name: 'tiny', title: 'Tiny', summary: 'Random weights.',
    licences: [{ name: 'none', commercial: true, text: 'Random numbers.' }],
    clip: { folder: 'clip', side: 32, int8: false },
    diffusion: { folder: 'diffusion', vae: 'vae', side: 64, step: 100 },
    defaultMethod: 'agg-gem',
    defaultSettings: {},
    files: [],
    ...more,
  }
  const folder = join(packs, manifest.name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'pack.json'), JSON.stringify(manifest))
  writeTinyTokenizer(join(folder, 'clip'))
  for (const file of ['config.json', 'model.safetensors']) cpSync(join(fixtureFolder('clip-tiny-hugging-face'), file), join(folder, 'clip', file))
  writeTinyTokenizer(join(folder, 'diffusion', 'tokenizer'))
  for (const part of ['unet', 'vae', 'text_encoder']) cpSync(join(fixtureFolder('diffusion-tiny-1'), part), join(folder, 'diffusion', part), { recursive: true })
  return folder
}
