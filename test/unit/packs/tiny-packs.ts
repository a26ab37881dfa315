import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PackManifest } from '../../../main/contract/packs.ts'
import { fixtureFolder } from '../../reference/agreement.ts'

/** A tokenizer for the tiny text towers, which know 62 tokens: letters, a few words, start 60, end 61. */
function writeTokenizer(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const letters = 'abcdefghijklmnopqrstuvwxyz'.split('')
  const words = [...letters, ...letters.map((letter) => `${letter}</w>`), 'ph', 'pho', 'phot', 'photo</w>', 'of</w>', ',</w>', 'an', 'and</w>', '<|startoftext|>', '<|endoftext|>']
  writeFileSync(join(folder, 'vocab.json'), JSON.stringify(Object.fromEntries(words.map((word, i) => [word, i]))))
  writeFileSync(join(folder, 'merges.txt'), '#version: 0.2\np h\nph o\npho t\nphot o</w>\no f</w>\na n\nan d</w>\n')
}

/** Two tiny repositories as a hub has them, in `folder`: lab/tiny-clip and lab/tiny-diffusion. */
export function writeTinyRepositories(folder: string): void {
  const clip = join(folder, 'lab', 'tiny-clip')
  writeTokenizer(clip)
  for (const file of ['open_clip_config.json', 'open_clip_model.safetensors']) cpSync(join(fixtureFolder('clip-tiny-open-clip'), file), join(clip, file))
  const diffusion = join(folder, 'lab', 'tiny-diffusion')
  writeTokenizer(join(diffusion, 'tokenizer'))
  for (const part of ['unet', 'vae', 'text_encoder']) cpSync(join(fixtureFolder('diffusion-tiny-1'), part), join(diffusion, part), { recursive: true })
}

const hubFile = (path: string, repo: string, remotePath: string) => ({ path, bytes: null, sha256: null, from: { repo, revision: 'main', path: remotePath } })

/** The manifest of a pack of both repositories. */
export function tinyManifest(name = 'tiny'): PackManifest {
  return PackManifest.parse({
    name, title: 'Tiny', summary: 'Random weights, for tests.',
    licences: [{ name: 'Test licence', commercial: true, text: 'Anything goes.' }],
    clip: { folder: 'clip', side: 16, int8: false },
    diffusion: { folder: 'diffusion', vae: 'vae', side: 64, step: 100 },
    defaultMethod: 'agg-gem',
    files: [
      ...['open_clip_config.json', 'open_clip_model.safetensors', 'vocab.json', 'merges.txt'].map((file) => hubFile(`clip/${file}`, 'lab/tiny-clip', file)),
      ...['unet/config.json', 'unet/diffusion_pytorch_model.safetensors', 'vae/config.json', 'vae/diffusion_pytorch_model.safetensors', 'text_encoder/config.json', 'text_encoder/model.safetensors', 'tokenizer/vocab.json', 'tokenizer/merges.txt']
        .map((file) => hubFile(`diffusion/${file}`, 'lab/tiny-diffusion', file)),
    ],
  })
}

/** A manifest as a person may put it among their packs. */
export function writeManifest(packsFolder: string, manifest: PackManifest): void {
  mkdirSync(packsFolder, { recursive: true })
  writeFileSync(join(packsFolder, `${manifest.name}.json`), JSON.stringify(manifest))
}

/** Header and data of a .safetensors file, to be changed and written again. */
export function readTensors(path: string): { header: Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>; data: Buffer } {
  const bytes = readFileSync(path)
  const length = Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>
  delete header['__metadata__']
  return { header, data: Buffer.from(bytes.subarray(8 + length)) }
}

/** Writes the tensors that `keep` keeps, packed anew. */
export function writeTensors(path: string, { header, data }: ReturnType<typeof readTensors>, keep: (name: string) => boolean = () => true): void {
  const kept = Object.entries(header).filter(([name]) => keep(name)).sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0])
  let at = 0
  const text = JSON.stringify(Object.fromEntries(kept.map(([name, { dtype, shape, data_offsets: [from, to] }]) => [name, { dtype, shape, data_offsets: [at, at += to - from] }])))
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(BigInt(Buffer.byteLength(text)))
  writeFileSync(path, Buffer.concat([prefix, Buffer.from(text), ...kept.map(([, { data_offsets: [from, to] }]) => data.subarray(from, to))]))
}
