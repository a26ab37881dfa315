import { EngineError } from '../contract/errors.ts'
import type { DeviceName, PrecisionChoice } from '../contract/jobs.ts'
import { METHOD_SETTINGS, METHODS, type MethodName } from '../contract/methods.ts'
import type { Settings } from '../contract/settings.ts'
import type { DenseFeatures } from '../inference/clip-model.ts'
import type { MapsCache } from '../inference/maps-cache.ts'
import { createPackNetworks, type NetworkRuns, type NotTaken, type PackNetworks } from '../inference/pack-networks.ts'
import { precisionAsked } from '../inference/precision.ts'
import { mixWithBank, type RegionBank } from '../memory/region-bank.ts'
import type { ScoreHead } from '../memory/score-head.ts'
import { checkpointKey } from '../packs/checkpoint-key.ts'
import type { Pack } from '../packs/open-pack.ts'
import type { Products } from '../products/products.ts'
import { STUFF_NAMES, maximumOverNames, type NamedClass } from '../segment/prompts.ts'
import { runMethod, type MethodInput, type MethodResult, type SharedWork } from '../segment/run-method.ts'
import { KEY_FEATURES } from './collect-region-bank.ts'
import { createPackMaps, type AffinityMap, type DenseKind, type PackMaps, type Views } from './pack-maps.ts'
import { createPhotoAffinity } from './photo-affinity.ts'
import type { Photo } from './photo.ts'
import { createTextEmbeddings, type ClassEmbeddings, type TextEmbeddings } from './text-embeddings.ts'

/** A method on one photo. Classes are places in `classes`. */
export interface PackMethodRequest extends Pick<MethodInput, 'ticked' | 'onlyTicked' | 'regions' | 'normaliseColumns' | 'photo' | 'size' | 'otherCounts'> {
  readonly method: MethodName
  readonly profile: 'reference' | 'corrected'
  readonly settings: Settings
  /** none for methods without names */
  readonly classes: readonly NamedClass[]
  /** mixed into the scores of methods on GEM (METHODS §2.7), with this photo's number in the bank */
  readonly bank?: { readonly regions: RegionBank; readonly picture: number }
  /** stands where the cosines of methods on GEM stand, whose features it learnt from; its classes are places in `classes` too. Not with stuff names, which only the text knows */
  readonly head?: ScoreHead
}

/** A pack's checkpoints, ready to run methods on photos. */
export interface PackRunner {
  /** what the checkpoints are, and in which precision they were asked for: what is kept of one runner is of use to another of the same key */
  readonly key: string
  /** whether the pack has scores: a CLIP checkpoint */
  readonly hasText: boolean
  readonly maps: PackMaps
  /** for packs with scores */
  readonly texts: TextEmbeddings
  /** O(what the method costs), and the networks' time for what is not in the cache; `shared` as of runMethod, for one photo */
  run(photo: Photo, request: PackMethodRequest, shared?: SharedWork): Promise<MethodResult>
  device(): { readonly taken: DeviceName; readonly notTaken: readonly NotTaken[] }
  runs(): NetworkRuns
  close(): Promise<void>
}

export interface PackRunnerOptions {
  readonly threads: number
  /** to try, in order; at least one */
  readonly devices: readonly DeviceName[]
  readonly precision: PrecisionChoice
  /** where 8-bit checkpoints are kept */
  readonly int8Folder: string
  readonly cache: MapsCache
  readonly products: Products
}

/** Cells of the grid where the pack has no affinity, and so no grid of its own: as many as the features have. */
const DENSE_KINDS: Partial<Record<MethodName, DenseKind>> = { maskclip: 'maskclip', 'clip-surgery': 'clip-surgery' }

/** Opens no network yet. @throws EngineError 'bad-file' | 'not-found' when the pack's folder can't be read */
export async function createPackRunner(pack: Pack, options: PackRunnerOptions): Promise<PackRunner> {
  const { manifest, folder } = pack
  if (folder === null) throw new EngineError('bad-input', `the pack ${manifest.name} has no checkpoints`)
  const { products, cache } = options
  const networks = createPackNetworks(folder, manifest, options.devices, options)
  const packKey = JSON.stringify([await checkpointKey(pack), precisionAsked(options.precision, manifest)])
  const maps = createPackMaps(networks, manifest, cache, packKey)
  const texts = createTextEmbeddings(networks, cache, packKey)
  const photoAffinity = createPhotoAffinity(products)
  return {
    key: packKey,
    hasText: manifest.clip !== null,
    maps,
    texts,
    run: (photo, request, shared) => runOnPhoto({ maps, photoAffinity, texts, networks, pack, products }, photo, request, shared),
    device: () => networks.device(),
    runs: () => networks.runs(),
    close: () => networks.close(),
  }
}

interface Parts { readonly maps: PackMaps; readonly photoAffinity: (photo: Photo) => Promise<AffinityMap>; readonly texts: TextEmbeddings; readonly networks: PackNetworks; readonly pack: Pack; readonly products: Products }

async function runOnPhoto(parts: Parts, photo: Photo, request: PackMethodRequest, shared?: SharedWork): Promise<MethodResult> {
  const { method, profile, settings, classes, ticked } = request
  const { maps, products } = parts
  const { affinity: needsAffinity, ticked: needsTicks } = METHODS[method]
  const common = { ...request, classCount: classes.length, onlyTicked: needsTicks || request.onlyTicked === true }
  if (needsTicks && (ticked === undefined || ticked.length === 0)) throw new EngineError('bad-input', `the method ${method} works on the classes that are ticked for an image, and none is; tick what is in it, or choose a method that takes all classes`)

  if (method === 'agg-sd') {
    const kept = [...new Set(ticked)].sort((a, b) => a - b)
    const { values, affinity } = await maps.classMaps(photo, kept.map((place) => classes[place].name), profile)
    const sharp = settings.affinity === 'sharpened' ? await maps.affinity(photo, 'sharp', profile) : undefined
    // clusters of the affinity without a caption are none of this one
    return runMethod({ ...common, grid: { height: affinity.h, width: affinity.w }, affinity: affinity.values, classMaps: { values, classes: kept }, ...(sharp === undefined ? {} : { sharpAffinity: sharp.values }) }, products)
  }

  const seen = METHODS[method].scores || DENSE_KINDS[method] !== undefined ? await maps.dense(photo, DENSE_KINDS[method] ?? 'gem', viewsOf(settings)) : null
  const dense = seen === null || request.bank === undefined || !METHODS[method].scores ? seen : await remembering(parts, photo, seen, request.bank, viewsOf(settings))
  const ofPhoto = needsAffinity && settings.affinityOf === 'photo' && METHOD_SETTINGS[method].some((name) => name === 'affinityOf')
  const affinity = !needsAffinity ? null : ofPhoto ? await parts.photoAffinity(photo) : await maps.affinity(photo, 'layers', profile)
  const sharp = needsAffinity && !ofPhoto && settings.affinity === 'sharpened' ? await maps.affinity(photo, 'sharp', profile) : null
  const input: MethodInput = {
    ...common,
    // the value paths differ in how the features are made; what follows is method 1
    method: DENSE_KINDS[method] === undefined ? method : 'gem',
    grid: affinity === null ? await gridOf(parts, dense) : { height: affinity.h, width: affinity.w },
    ...(affinity === null ? {} : { affinity: affinity.values, affinityName: ofPhoto ? 'photo' : 'network' }),
    ...(sharp === null ? {} : { sharpAffinity: sharp.values }),
    ...(dense === null ? {} : { cosine: await cosines(parts, dense, classes, settings.promptEnsemble, METHODS[method].scores && settings.background !== 'stuff-floor' ? request.head : undefined) }),
    ...(dense === null || settings.background !== 'stuff-floor' ? {} : { stuff: await stuffCosines(parts, dense, classes, settings.promptEnsemble) }),
  }
  return runMethod(input, products, shared)
}

/** Windows look closer than several sizes do, and stand where both are asked for. */
export const viewsOf = ({ windows, scales }: Pick<Settings, 'windows' | 'scales'>): Views => (windows ? 'windows' : scales ? 'scales' : 'one')

/** GEM's features of a photo mixed with those of alike regions of other pictures. */
async function remembering({ maps, products }: Parts, photo: Photo, own: DenseFeatures, { regions, picture }: NonNullable<PackMethodRequest['bank']>, views: Views): Promise<DenseFeatures> {
  const { features: keys } = await maps.dense(photo, KEY_FEATURES, views)
  return { ...own, features: await mixWithBank(own.features, keys, own.h * own.w, regions, picture, products) }
}

/** Scores go through the affinity's grid even where no affinity is used (D7); without any, through their own. */
async function gridOf({ networks, pack }: Parts, dense: DenseFeatures | null): Promise<{ height: number; width: number }> {
  const { diffusion } = pack.manifest
  if (diffusion === null) return { height: dense?.h ?? 1, width: dense?.w ?? 1 }
  const side = Math.trunc(diffusion.side / await networks.cell())
  return { height: side, width: side }
}

/** Cosine of every cell with every class: the largest over the class's names; or what a head makes of it. */
async function cosines(parts: Parts, dense: DenseFeatures, classes: readonly NamedClass[], ensemble: boolean, head: ScoreHead | undefined): Promise<NonNullable<MethodInput['cosine']>> {
  const texts = await parts.texts.of(classes, ensemble)
  const scores = await products(parts, dense, texts)
  const ofClasses = texts.classOf.length === classes.length ? scores : maximumOverNames(scores, texts.classOf, classes.length)
  return { values: head === undefined ? ofClasses : await withHead(parts, dense, ofClasses, classes.length, head), height: dense.h, width: dense.w }
}

/** cosine + feature · weights + bias of each taught class, in cells where the text is for one of these (memory/score-head.ts). O(cells · taught classes · size) */
async function withHead(parts: Parts, { features, h, w, size }: DenseFeatures, cosinesOf: Float32Array, classCount: number, { classIds: places, weights, bias }: ScoreHead): Promise<Float32Array> {
  if (weights.length !== places.length * size) throw new EngineError('bad-input', `what was learnt is of ${weights.length / Math.max(1, places.length)} features, and the pack has ${size}`)
  const learnt = places.length === 0 ? new Float32Array(0) : await parts.products.multiplyTransposed(features, weights, h * w, size, places.length)
  const scores = cosinesOf.slice(), taught = new Uint8Array(classCount)
  for (const place of places) taught[place] = 1
  for (let cell = 0; cell < h * w; cell++) {
    const from = cell * classCount
    let best = 0
    for (let c = 1; c < classCount; c++) if (cosinesOf[from + c] > cosinesOf[from + best]) best = c
    if (taught[best] === 0) continue
    for (let row = 0; row < places.length; row++) scores[from + places[row]] += learnt[cell * places.length + row] + bias[row]
  }
  return scores
}

const products = (parts: Parts, dense: DenseFeatures, texts: ClassEmbeddings): Promise<Float32Array> =>
  parts.products.multiplyTransposed(dense.features, texts.values, dense.h * dense.w, texts.size, texts.classOf.length)

/** Likewise with names of stuff that is none of the classes. */
async function stuffCosines(parts: Parts, dense: DenseFeatures, classes: readonly NamedClass[], ensemble: boolean): Promise<NonNullable<MethodInput['stuff']>> {
  const taken = new Set(classes.flatMap(({ name, synonyms = [] }) => [name, ...synonyms]).map((name) => name.trim().toLowerCase()))
  const names = STUFF_NAMES.filter((name) => !taken.has(name))
  const texts = await parts.texts.of(names.map((name) => ({ name })), ensemble)
  return { values: await products(parts, dense, texts), count: names.length }
}
