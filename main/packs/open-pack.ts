import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import { METHODS, type MethodName } from '../contract/methods.ts'
import { CLASSIC_PACK, packGives, packMethods, type PackManifest } from '../contract/packs.ts'
import type { Settings } from '../contract/settings.ts'
import { MANIFEST_FILE, packFolder } from './pack-folders.ts'
import { parseManifest } from './pack-manifest.ts'

/** A pack that can be used: its manifest, and where its checkpoints lie. */
export interface Pack {
  readonly manifest: PackManifest
  /** null: the pack classic, which has none */
  readonly folder: string | null
}

/**
 * The pack of this name; nothing but its manifest is read.
 * @throws EngineError 'not-found' when it is not installed; 'bad-file' for its manifest
 */
export function openPack(name: string): Pack {
  if (name === CLASSIC_PACK.name) return { manifest: CLASSIC_PACK, folder: null }
  const folder = packFolder(name)
  if (folder === null) throw new EngineError('not-found', `the pack ${name} is not installed; "maskwright models list" shows what there is, "maskwright models install ${name}" gets it`)
  const path = join(folder, MANIFEST_FILE)
  const manifest = parseManifest(path, readFileSync(path, 'utf8'))
  if (manifest.name !== name) throw new EngineError('bad-file', `${folder}: its manifest is of the pack ${manifest.name}, not of ${name}; rename one of them`)
  return { manifest, folder }
}

/** @throws EngineError 'unavailable' for a method or a setting that the pack has not, naming what it has */
export function checkPackRequest({ manifest }: Pack, method: MethodName, settings: Settings): void {
  const { name, clip, diffusion } = manifest
  const refuse = (message: string): never => { throw new EngineError('unavailable', message) }
  const classic = clip === null && diffusion === null
  const methods = packMethods(packGives(manifest))
  if (!methods.includes(method)) {
    const why = classic ? 'has no scores of its own, so it' : method === 'gt-clust' ? 'proposes regions, and this method names those of a person; it' : `has no ${clip === null ? 'text and scores' : 'affinity'}, so it`
    refuse(`the pack ${name} ${why} cannot run the method ${method}; use ${methods.length === 1 ? `the method ${methods[0]}` : methods.join(', ')}`)
  }
  if (!classic && diffusion === null && METHODS[method].affinity && settings.affinityOf !== 'photo') refuse(`the pack ${name} has no affinity of its own, so the method ${method} needs the photo's: set affinityOf to photo`)
  if (classic) {
    if (settings.edgeSnap !== 'none' && settings.edgeSnap !== 'guided') refuse(`the pack ${name} cannot snap edges with ${settings.edgeSnap}; set edgeSnap to guided or none`)
    if (settings.affinity !== 'layers') refuse(`the pack ${name} has one affinity, without layers to choose from; leave the setting affinity at layers, not ${settings.affinity}`)
  } else if (settings.background === 'sos' && method !== 'agg-sd') {
    refuse(`the background rule sos needs the captions of agg-sd; with ${method} set background to none, report or stuff-floor`)
  }
}
