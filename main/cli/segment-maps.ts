import { cpus } from 'node:os'
import { EngineError } from '../contract/errors.ts'
import { METHODS, type MethodName } from '../contract/methods.ts'
import { SettingsSchema, type Settings } from '../contract/settings.ts'
import { createOnnxProducts } from '../inference/onnx-products.ts'
import type { Maps } from '../inference/maps-file.ts'
import type { Products } from '../products/products.ts'
import { runMethod, type MethodInput, type MethodResult, type SharedWork } from '../segment/run-method.ts'
import { refuseUseless } from './settings-argument.ts'

/** Settings that act while a pack makes maps of a photo; and on proposals, which label maps have none of. */
const WHILE_MADE = ['affinityOf', 'windows', 'scales', 'promptEnsemble'], ON_PROPOSALS = ['nameThreshold', 'minAreaPx2']

/**
 * Settings of `--set` for methods that make label maps; one that none of them could obey is refused rather than ignored.
 * @param maps  'given', or made of the photo by a pack's networks
 */
export function mapSettings(given: Readonly<Record<string, number | string | boolean>>, methods: readonly MethodName[], maps: 'given' | 'made' = 'given'): Settings {
  const idle = Object.keys(given).find((name) => (maps === 'given' ? [...WHILE_MADE, ...ON_PROPOSALS] : ON_PROPOSALS).includes(name))
  if (idle !== undefined) throw new EngineError('bad-input', `--set ${idle}: it acts ${maps === 'given' ? 'while a pack makes maps or proposals of a photo, not on maps that are given' : 'on proposals, and label maps have none'}`)
  refuseUseless(given, methods)
  return SettingsSchema.parse(given)
}

/** Products on this machine's processor, one for the whole command. */
export const commandProducts = (): Products => createOnnxProducts(Math.max(1, Math.min(8, cpus().length)))

export interface MapsInput extends Pick<MethodInput, 'ticked' | 'onlyTicked' | 'regions' | 'normaliseColumns' | 'photo' | 'size'> {
  readonly method: MethodName
  readonly profile: 'reference' | 'corrected'
  readonly settings: Settings
}

/** Runs a method on a maps file; what is wrong with the input comes as 'bad-input' in the method's own words. */
export async function runOnMaps(maps: Maps, input: MapsInput, products: Products, shared?: SharedWork): Promise<MethodResult> {
  const { grid, classes, affinity, scores, cosine, cosineGrid, sos } = maps
  return asBadInput(() => runMethod({
    ...input,
    onlyTicked: METHODS[input.method].ticked || input.onlyTicked === true,
    grid: { height: grid.h, width: grid.w },
    classCount: classes.length,
    ...(affinity === null ? {} : { affinity }),
    // both may be in the file; probabilities of the caller's own are the more definite
    ...(scores === null ? cosine === null || cosineGrid === null ? {} : { cosine: { values: cosine, height: cosineGrid.h, width: cosineGrid.w } } : { scores }),
    ...(sos === null ? {} : { sos }),
  }, products, shared))
}

/** What a method finds wrong with its input, as an error of the contract, in the method's own words. */
export async function asBadInput<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof EngineError) throw error
    throw new EngineError('bad-input', (error as Error).message, { cause: error })
  }
}
