import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import type { PackFile, PackManifest } from '../contract/packs.ts'
import { isPickle, weightFiles } from '../../models/checkpoint.ts'
import { Config, readConfig } from '../../models/config.ts'
import { CLIP_CONFIGS, type PackPart, type PackParts } from './pack-parts.ts'

/** A file of a person's to be taken into a pack. */
export interface SourceFile {
  /** links followed */
  readonly source: string
  /** inside the pack */
  readonly path: string
  readonly bytes: number
}

export interface FoundSources {
  readonly parts: PackParts
  readonly files: readonly SourceFile[]
  /** files whose text the manifest itself gives */
  readonly written: readonly PackFile[]
}

const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'vocab.json', 'merges.txt'] as const

/**
 * Finds the checkpoints of a pack in a folder of the person's: laid out as a pack, as the hub's cache (models--ORG--NAME/
 * snapshots, links and all), or with the repositories as ORG/NAME or NAME. Weights may be in shards or of another precision
 * than the manifest's: what is found is checked as it stands.
 * @throws EngineError 'not-found' | 'bad-file' naming what is missing or wrong; a pickle is refused by its name
 */
export async function findSources(folder: string, manifest: PackManifest): Promise<FoundSources> {
  const about = await stat(folder).catch(() => undefined)
  if (about === undefined) throw new EngineError('not-found', `${folder}: there is no such folder`)
  if (!about.isDirectory()) {
    // a pickle is refused by name, before it is called no folder
    if (isPickle(folder)) await weightFiles(folder)
    throw new EngineError('bad-file', `${folder} is a file; wanted is the folder that has the checkpoints of ${manifest.name}`)
  }
  const files: SourceFile[] = []
  const written: PackFile[] = []
  const take = async (source: string, path: string): Promise<void> => {
    const real = await realFile(source)
    files.push({ source: real, path, bytes: (await stat(real)).size })
  }
  /** Weights and config of one network, from `source` to `target` in the pack. */
  const network = async (source: string, target: string, configs: readonly string[]): Promise<PackPart> => {
    const own = manifest.files.filter(({ path }) => path.startsWith(`${target}/`))
    const wanted = own.map(({ path }) => basename(path)).find((name) => name.endsWith('.safetensors'))
    const named = wanted !== undefined && await exists(join(source, wanted)) ? join(source, wanted) : source
    if (named !== source) await realFile(named)
    const weights = await weightFiles(named)
    for (const file of [...weights.files, ...(weights.index === null ? [] : [weights.index])]) await take(file, `${target}/${basename(file)}`)
    const given = own.find(({ path, content }) => content !== undefined && configs.includes(basename(path)))
    if (given?.content !== undefined && named !== source) {
      written.push(given)
      return { weights: named, config: new Config(`${manifest.name}'s ${given.path}`, JSON.parse(given.content)) }
    }
    const config = await readConfig(source, configs)
    await take(config.where, `${target}/${basename(config.where)}`)
    return { weights: weights.index ?? named, config }
  }
  const tokenizer = async (sources: readonly string[], target: string): Promise<string> => {
    for (const source of sources) {
      const names = TOKENIZER_FILES.filter((name) => (name === 'tokenizer.json' || name === 'vocab.json'))
      const has = await Promise.all(names.map((name) => exists(join(source, name))))
      if (!has.includes(true)) continue
      for (const name of TOKENIZER_FILES) if (await exists(join(source, name))) await take(join(source, name), `${target}/${name}`)
      return source
    }
    throw new EngineError('not-found', `${sources[0]}: no tokenizer in it; wanted is tokenizer.json, or vocab.json and merges.txt, of the same checkpoint`)
  }

  const diffusionRoot = manifest.diffusion === null ? null : await rootOf(folder, manifest, manifest.diffusion.folder, 'unet', ['unet'])
  const clipRoot = manifest.clip === null ? null : await rootOf(folder, manifest, manifest.clip.folder, '', manifest.diffusion === null ? [...CLIP_CONFIGS] : null)
  const parts: PackParts = {
    clip: clipRoot === null || manifest.clip === null ? null : {
      ...await network(clipRoot, manifest.clip.folder, CLIP_CONFIGS),
      // every CLIP has the same vocabulary: Stable Diffusion's serves where the folder has none
      tokenizer: await tokenizer([clipRoot, ...(diffusionRoot === null ? [] : [join(diffusionRoot, 'tokenizer')])], manifest.clip.folder),
    },
    diffusion: diffusionRoot === null || manifest.diffusion === null ? null : {
      unet: await network(join(diffusionRoot, 'unet'), `${manifest.diffusion.folder}/unet`, ['config.json']),
      vae: await network(await vaeRoot(folder, manifest, manifest.diffusion, diffusionRoot), `${manifest.diffusion.folder}/${manifest.diffusion.vae}`, ['config.json']),
      textEncoder: await network(join(diffusionRoot, 'text_encoder'), `${manifest.diffusion.folder}/text_encoder`, ['config.json']),
      tokenizer: await tokenizer([join(diffusionRoot, 'tokenizer')], `${manifest.diffusion.folder}/tokenizer`),
    },
  }
  if (diffusionRoot !== null && manifest.diffusion !== null) {
    const scheduler = join(diffusionRoot, 'scheduler', 'scheduler_config.json')
    if (await exists(scheduler)) await take(scheduler, `${manifest.diffusion.folder}/scheduler/scheduler_config.json`)
  }
  return { parts, files, written }
}

/** Links count even when what they point to is gone: that is said then. */
const exists = (path: string): Promise<boolean> => lstat(path).then(() => true, () => false)

/** The file itself, links followed. */
async function realFile(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined)
  if (real === undefined) {
    const link = (await lstat(path).catch(() => undefined))?.isSymbolicLink() === true
    throw new EngineError('not-found', `${path}: ${link ? 'a link to a file that is not there; copy the files themselves, not only the links' : 'no such file'}`)
  }
  if (!(await stat(real)).isFile()) throw new EngineError('bad-file', `${path} is no file`)
  return real
}

/** The folder that has a part of a pack: its own name, its repository in the hub's cache or as a clone, or the folder itself when it has `proof`. */
async function rootOf(folder: string, manifest: PackManifest, target: string, within: string, proof: readonly string[] | null): Promise<string> {
  const weights = manifest.files.find(({ path, from }) => path.startsWith(`${target}/${within}`) && path.endsWith('.safetensors') && from !== null)?.from
  const looked = [target]
  const candidates = [join(folder, target)]
  if (weights !== undefined && weights !== null) {
    const cached = `models--${weights.repo.replace('/', '--')}`
    const snapshot = await snapshotOf(join(folder, cached), weights.revision) ?? await snapshotOf(join(folder, 'hub', cached), weights.revision)
    if (snapshot !== null) candidates.push(snapshot)
    candidates.push(join(folder, weights.repo), join(folder, basename(weights.repo)))
    looked.push(cached, weights.repo, basename(weights.repo))
  }
  for (const candidate of candidates) if (await exists(join(candidate, within))) return candidate
  if (proof !== null) for (const name of proof) if (await exists(join(folder, name))) return folder
  const pickle = (await readdir(folder)).find((name) => isPickle(name))
  const refused = pickle === undefined ? '' : `. It has ${pickle}, a pickle, which can run code when loaded and is never opened here; get the .safetensors files of the same model`
  throw new EngineError('not-found', `${folder}: nothing of ${manifest.name}'s ${target} in it; looked for ${looked.map((name) => `${name}/`).join(', ')}${refused}`)
}

/** The folder of what makes latents: beside the UNet, unless it comes from a repository of its own. */
async function vaeRoot(folder: string, manifest: PackManifest, { folder: target, vae }: NonNullable<PackManifest['diffusion']>, diffusionRoot: string): Promise<string> {
  const repository = (part: string): string | undefined => manifest.files.find(({ path }) => path.startsWith(`${target}/${part}/`) && path.endsWith('.safetensors'))?.from?.repo
  const beside = join(diffusionRoot, vae)
  return repository(vae) === repository('unet') || await exists(beside) ? beside : rootOf(folder, manifest, `${target}/${vae}`, '', null)
}

/** The snapshot of a revision in the hub's cache: refs/REVISION names its commit; else the only one there is. */
async function snapshotOf(repository: string, revision: string): Promise<string | null> {
  const snapshots: string[] = await readdir(join(repository, 'snapshots')).catch(() => [])
  const commit = await readFile(join(repository, 'refs', revision), 'utf8').then((text) => text.trim(), () => revision)
  const name = snapshots.includes(commit) ? commit : snapshots.length === 1 ? snapshots[0] : undefined
  return name === undefined ? null : join(repository, 'snapshots', name)
}
