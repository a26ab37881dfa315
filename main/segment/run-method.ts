import { connectedComponents } from '../masks/components.ts'
import type { Products } from '../products/products.ts'
import { resizeNearest } from '../resample/nearest.ts'
import { pillowNearest } from '../resample/pillow-nearest.ts'
import { aggregate, normaliseColumns, stretchColumns } from './aggregation.ts'
import { argmaxLabels } from './argmax.ts'
import { checkAffinity, checkScores } from './check-input.ts'
import { DIFFSEG_DEFAULTS, diffSegAnchors, diffSegMaps, labelsOfMaps } from './diffseg.ts'
import { ITERATED_DEFAULTS, iteratedRefinement, reduceEntropy } from './entropy-refinement.ts'
import { grabCut } from './grabcut.ts'
import { ClusterScores } from './labelling.ts'
import { edgeGuide, snapToPhoto, type EdgeSnap } from './pixel-step.ts'
import { presenceScores } from './presence.ts'
import type { Profile } from './profile.ts'
import { restartedWalk, WALK_DEFAULTS } from './restarted-walk.ts'
import { enlargedProbabilities, joinScores, leaveOutPlace, NO_CLASS, probabilities, type BackgroundRule, type ClassChannels, type JoinedScores, type ProbabilityRule, type ScoreInput } from './score-maps.ts'
import { selectChannels, tickedClasses } from './select-channels.ts'
import { sharpen, sharpenedScores } from './sharpening.ts'
import { clustersOf, spectralClusters, spectralEmbedding, SPECTRAL_SEED } from './spectral.ts'

/** The settings this stage reads (names, units and ranges as in the contract's table). */
export interface SegmentSettings {
  readonly temperature: number
  readonly background: BackgroundRule
  readonly clusterCount: number
  readonly diffsegThreshold: number
  readonly presenceThreshold: number
  readonly edgeSnap: EdgeSnap
  readonly affinity: 'layers' | 'sharpened' | 'walk' | 'iterated'
  readonly walkRestart: number
}

const SEGMENT_DEFAULTS: SegmentSettings = {
  temperature: 0.01, background: 'none', clusterCount: 20, diffsegThreshold: 0.8, presenceThreshold: 0, edgeSnap: 'guided', affinity: 'layers', walkRestart: 0.5,
}

export interface MethodInput extends Omit<ScoreInput, 'classCount'> {
  readonly method: string
  /** default 'corrected' */
  readonly profile?: Profile
  readonly settings?: Partial<SegmentSettings>
  /** f32[n, n] row-stochastic */
  readonly affinity?: Float32Array
  /** tells several affinities of one photo apart in the shared work */
  readonly affinityName?: string
  /** f32[n, n] sharpened attention of a network's own heads (METHODS §2.1); without it `settings.affinity` sharpened is made of `affinity` */
  readonly sharpAffinity?: Float32Array
  /** for agg-sd: cross-attention f32[n, 1 + classes.length], [SOS] first, and the class of each further column */
  readonly classMaps?: { readonly values: Float32Array; readonly classes: readonly number[] }
  /** number of classes of the scores; 0 or absent for methods without names */
  readonly classCount?: number
  /** classes a person says are in the image */
  readonly ticked?: readonly number[]
  /** it works over `ticked` alone: of a method on ticked classes (METHODS in the contract), or of any with names */
  readonly onlyTicked?: boolean
  /** regions of a person for gt-clust: number of each pixel's region, NO_CLASS for none; any size */
  readonly regions?: { readonly labels: Uint16Array; readonly width: number; readonly height: number }
  /** profile `reference` only: agg-gem-w divides each class by its sum over the cells first, as published on Cityscapes (D4, D11) */
  readonly normaliseColumns?: boolean
  /** other cluster counts will be asked for with the same shared work: so many vectors are made that most need no more */
  readonly otherCounts?: boolean
  /** u8[height, width, 3]; with it the labels are brought to its edges as settings.edgeSnap says, and grabcut runs on it */
  readonly photo?: { readonly rgb: Uint8Array; readonly width: number; readonly height: number }
  /** of the labels: a side in px for the report's squashed square, or both */
  readonly size: number | { readonly width: number; readonly height: number }
}

export interface MethodResult {
  /** u16[height, width]: class of each pixel, or cluster for methods without names; NO_CLASS = background */
  readonly labels: Uint16Array
  readonly width: number
  readonly height: number
  /** classes that labels can name; 0 when labels are clusters */
  readonly classCount: number
  readonly clusterCount?: number
  /** with names: what they were chosen from, on the grid; rows of the refined ones need not sum to 1 */
  readonly channels?: ClassChannels
  /** u16[grid cells]: the class that the scores alone give each, where the method does more with them; NO_CLASS = background */
  readonly plain?: Uint16Array
  readonly grid: { readonly width: number; readonly height: number }
  readonly profile: Profile
  /** ms by step */
  readonly timings: Readonly<Record<string, number>>
}

/** Clusters already found for one affinity, so that several methods on one image find them once. */
export type SharedWork = Map<string, Promise<unknown>>

const NEEDS_A_PACK: Readonly<Record<string, string>> = {
  'agg-sd': 'the diffusion model’s cross-attention for a caption of the ticked classes',
  maskclip: 'the CLIP vision tower with its last attention replaced by the value path',
  'clip-surgery': 'the CLIP vision tower with value-value attention paths',
}

/** Vectors that are made where other cluster counts will be asked for. */
const EMBEDDING_KEPT = 40
/** Results of one kind in the shared work: a person who moves a slider leaves one for each place of it. */
const SHARED_OF_A_KIND = 8

/** The named methods this function runs. */
export const RUNNABLE_METHODS = ['gem', 'gem-w', 'agg-gem', 'agg-gem-w', 'diffseg-clust', 'spec-clust', 'gt-clust', 'diffseg', 'grabcut', 'regions'] as const

/**
 * Runs one named method of METHODS §1 on maps that are there: the affinity, the scores, regions, a photo.
 * @param shared pass one map for several methods on the same affinity and settings; do not share it between images
 * @throws RangeError naming what is missing or wrong in the input; Error for a method that needs a pack's own model
 */
export async function runMethod(input: MethodInput, products: Products, shared: SharedWork = new Map()): Promise<MethodResult> {
  return new MethodRun(input, products, shared).run()
}

class MethodRun {
  readonly #input: MethodInput
  readonly #products: Products
  readonly #shared: SharedWork
  readonly #settings: SegmentSettings
  readonly #profile: Profile
  readonly #width: number
  readonly #height: number
  readonly #timings: Record<string, number> = {}
  #channels: ClassChannels | undefined
  #plain: Uint16Array | undefined

  constructor(input: MethodInput, products: Products, shared: SharedWork) {
    this.#input = input
    this.#products = products
    this.#shared = shared
    this.#settings = { ...SEGMENT_DEFAULTS, ...input.settings }
    this.#profile = input.profile ?? 'corrected'
    const { width, height } = typeof input.size === 'number' ? { width: input.size, height: input.size } : input.size
    for (const side of [width, height, input.grid.width, input.grid.height]) {
      if (!Number.isInteger(side) || side < 1) throw new RangeError(`sizes must be whole numbers ≥ 1; the output is ${width}×${height}, the grid ${input.grid.width}×${input.grid.height}`)
    }
    this.#width = width
    this.#height = height
  }

  async run(): Promise<MethodResult> {
    const { method } = this.#input
    const model = NEEDS_A_PACK[method]
    if (model !== undefined && !(method === 'agg-sd' && this.#input.classMaps !== undefined)) throw new Error(`method ${method} needs a pack: it runs ${model}. Run it on a photo with a pack that offers it; maps alone are not enough`)
    const { labels, clusterCount, named } = await this.#labels(method)
    const snapped = await this.#snapped(method, labels)
    return {
      labels: snapped,
      width: this.#width,
      height: this.#height,
      classCount: named ? (this.#input.classCount ?? 0) : 0,
      ...(clusterCount === undefined ? {} : { clusterCount }),
      ...(this.#channels === undefined ? {} : { channels: this.#channels }),
      ...(this.#plain === undefined ? {} : { plain: this.#plain }),
      grid: this.#input.grid,
      profile: this.#profile,
      timings: this.#timings,
    }
  }

  async #labels(method: string): Promise<{ labels: Uint16Array; clusterCount?: number; named: boolean }> {
    switch (method) {
      case 'gem':
      case 'gem-w': return { labels: await this.#argmaxOfScores(), named: true }
      case 'agg-gem':
      case 'agg-gem-w': return { labels: await this.#argmaxOfRefined(), named: true }
      case 'agg-sd': return { labels: await this.#argmaxOfClassMaps(), named: true }
      case 'diffseg': {
        const { labels, count } = await this.#diffSegClusters()
        return { labels, clusterCount: count, named: false }
      }
      case 'regions': {
        const { labels, count } = await this.#connectedClusters()
        return { labels, clusterCount: count, named: false }
      }
      case 'diffseg-clust': return this.#namedClusters(await this.#diffSegClusters())
      case 'spec-clust': return this.#namedClusters(await this.#spectral())
      case 'gt-clust': return this.#namedClusters(this.#givenRegions())
      case 'grabcut': return { labels: await this.#colourCut(), named: true }
      default: throw new RangeError(`there is no method ${method}; it is one of ${[...RUNNABLE_METHODS, ...Object.keys(NEEDS_A_PACK)].join(', ')}`)
    }
  }

  async #timed<T>(step: string, work: () => T | Promise<T>): Promise<T> {
    const start = Date.now()
    const result = await work()
    this.#timings[step] = (this.#timings[step] ?? 0) + Date.now() - start
    return result
  }

  #affinity(): Float32Array {
    const { affinity, affinityName = '', grid, method } = this.#input
    if (affinity === undefined) throw new RangeError(`method ${method} needs an affinity [n, n]`)
    const checked = `checked ${affinityName}`
    if (!this.#shared.has(checked)) {
      checkAffinity(affinity, grid.height * grid.width)
      this.#shared.set(checked, Promise.resolve())
    }
    return affinity
  }

  #joined(): JoinedScores {
    const { classCount = 0, method } = this.#input
    if (this.#input.scores === undefined && this.#input.cosine === undefined) throw new RangeError(`method ${method} needs scores [n, c] or cosine [h, w, c]`)
    return joinScores({ ...this.#input, classCount }, this.#settings.background)
  }

  /** The classes that take part: ticked ones, less those the presence filter drops; null = all. */
  async #rule(joined: JoinedScores, aggregated: boolean): Promise<ProbabilityRule> {
    const { temperature, background, presenceThreshold } = this.#settings
    const rule: ProbabilityRule = {
      temperature,
      background,
      kept: this.#input.onlyTicked === true ? tickedClasses(this.#input.ticked, joined.classCount) : null,
      leaveOut: leaveOutPlace(this.#profile, aggregated, background),
    }
    if (presenceThreshold <= 0) return rule
    const { p, classes } = probabilities(joined, joined.values, rule)
    const n = p.length / classes.length
    const refined = this.#input.affinity === undefined ? p : await aggregate(this.#affinity(), p, n, classes.length, this.#products)
    const presence = presenceScores(p, refined, classes.length)
    return { ...rule, kept: classes.filter((c, channel) => c !== NO_CLASS && presence[channel] >= presenceThreshold) }
  }

  async #argmaxOfScores(): Promise<Uint16Array> {
    const joined = this.#joined()
    const rule = await this.#rule(joined, false)
    if (rule.kept?.length === 0) return this.#nothing()
    this.#channels = probabilities(joined, joined.values, rule)
    return this.#timed('argmax', () => this.#rowsOfProbabilities(joined, rule))
  }

  #rowsOfProbabilities(joined: JoinedScores, rule: ProbabilityRule): Uint16Array {
    const { grid } = this.#input
    if (rule.background === 'none') {
      // a softmax does not change which of some classes is largest
      const { kept } = rule
      const values = kept === null ? joined.values : selectChannels(joined.values, joined.channels, kept)
      const labels = argmaxLabels(values, grid.height, grid.width, kept?.length ?? joined.channels, this.#height, this.#width, 'bilinear')
      return kept === null ? labels : labels.map((channel) => kept[channel])
    }
    const labels = new Uint16Array(this.#width * this.#height)
    enlargedProbabilities(joined, grid, this.#height, this.#width, rule, (y, row) => labels.set(largestClasses(row), y * this.#width))
    return labels
  }

  async #argmaxOfRefined(): Promise<Uint16Array> {
    const affinity = this.#affinity()
    const joined = this.#joined()
    const rule = await this.#rule(joined, true)
    if (rule.kept?.length === 0) return this.#nothing()
    const channels = probabilities(joined, joined.values, rule)
    this.#plain = largestClasses(channels)
    if (this.#input.method === 'agg-gem-w' && this.#profile === 'reference' && this.#input.normaliseColumns === true) normaliseColumns(channels.p, channels.classes.length)
    const refined = await this.#timed('refine', () => this.#refine(affinity, channels))
    return this.#largestOf({ p: refined, classes: channels.classes })
  }

  async #largestOf(channels: ClassChannels): Promise<Uint16Array> {
    this.#channels = channels
    const { grid } = this.#input
    const labels = await this.#timed('argmax', () =>
      argmaxLabels(channels.p, grid.height, grid.width, channels.classes.length, this.#height, this.#width, 'bicubic-antialiased'))
    return labels.map((channel) => channels.classes[channel])
  }

  /** Method 2 on a diffusion model's own class maps, with its hidden normalisations (REFERENCE §6.3, D4); [SOS] is the background where a rule asks for one. */
  async #argmaxOfClassMaps(): Promise<Uint16Array> {
    const affinity = this.#affinity()
    const { classMaps, classCount = 0 } = this.#input
    if (classMaps === undefined) throw new RangeError('method agg-sd needs class maps')
    const columns = classMaps.classes.length + 1
    checkScores(classMaps.values, this.#input.grid.height * this.#input.grid.width, columns)
    const wrong = classMaps.classes.find((c) => c < 0 || c >= classCount)
    if (wrong !== undefined) throw new RangeError(`a class map is of class ${wrong}; there are ${classCount} classes, numbered from 0`)
    const background = this.#settings.background !== 'none'
    const p = background ? classMaps.values.slice() : selectChannels(classMaps.values, columns, classMaps.classes.map((_, i) => i + 1))
    const classes = background ? [NO_CLASS, ...classMaps.classes] : classMaps.classes
    normaliseColumns(p, classes.length)
    const refined = await this.#timed('refine', () => this.#refine(affinity, { p, classes }))
    if (background) stretchColumns(refined, classes.length)
    return this.#largestOf({ p: refined, classes })
  }

  async #refine(affinity: Float32Array, { p, classes }: ClassChannels): Promise<Float32Array> {
    const { grid } = this.#input
    const n = grid.height * grid.width
    if (this.#settings.affinity === 'walk') {
      return restartedWalk(affinity, p, grid.height, grid.width, classes.length, { ...WALK_DEFAULTS, restart: this.#settings.walkRestart }, this.#products)
    }
    if (this.#settings.affinity === 'sharpened') {
      const sharper = this.#input.sharpAffinity ?? new Float32Array(n * n)
      if (this.#input.sharpAffinity === undefined) sharpen(affinity, n, sharper)
      return sharpenedScores([sharper], p, n, classes.length, this.#products)
    }
    if (this.#settings.affinity === 'iterated') {
      const { entropyRate, entropySteps, iterations } = ITERATED_DEFAULTS
      const focused = new Float32Array(n * n)
      reduceEntropy(affinity, n, entropyRate, entropySteps, focused)
      return iteratedRefinement(focused, p, n, classes.length, iterations, this.#products)
    }
    return aggregate(affinity, p, n, classes.length, this.#products)
  }

  /** Worked out once for all that share it. A failure is nobody's result; of one kind the latest are kept. */
  #once<T>(kind: string, of: readonly number[], work: () => Promise<T>): Promise<T> {
    const shared = this.#shared
    const start = `${kind} ${this.#profile} ${this.#input.affinityName ?? ''} `
    const key = start + of.join(' ')
    const known = shared.get(key) as Promise<T> | undefined
    if (known !== undefined) return known
    const made = work()
    const others = [...shared.keys()].filter((one) => one.startsWith(start))
    if (others.length >= SHARED_OF_A_KIND) shared.delete(others[0])
    shared.set(key, made)
    made.catch(() => { if (shared.get(key) === made) shared.delete(key) })
    return made
  }

  async #diffSegClusters(): Promise<{ labels: Uint16Array; count: number }> {
    const affinity = this.#affinity()
    const { height, width } = this.#input.grid
    const threshold = this.#settings.diffsegThreshold
    const maps = await this.#timed('cluster', () => this.#once('diffseg', [threshold], async () =>
      diffSegMaps(affinity, height, width, { ...DIFFSEG_DEFAULTS, thresholds: [threshold, threshold, threshold], profile: this.#profile }, this.#products, await this.#once('anchors', [], () =>
        diffSegAnchors(affinity, height, width, DIFFSEG_DEFAULTS.anchorsPerSide, this.#products)))))
    return this.#timed('upsample', () => labelsOfMaps(maps, height, width, this.#height, this.#width))
  }

  #gridClusters(): Promise<{ labels: Int32Array; count: number }> {
    const affinity = this.#affinity()
    const { height, width } = this.#input.grid
    const { clusterCount } = this.#settings
    const n = height * width
    return this.#timed('cluster', () => this.#once('spectral', [clusterCount], async () => {
      // a person who tries other counts gets them from the vectors of the first
      if (this.#input.otherCounts !== true || clusterCount > EMBEDDING_KEPT) return spectralClusters(affinity, n, { clusterCount, profile: this.#profile }, this.#products)
      return clustersOf(await this.#once('embedding', [], () => spectralEmbedding(affinity, n, Math.min(n, EMBEDDING_KEPT), SPECTRAL_SEED, this.#products)), n, { clusterCount, profile: this.#profile })
    }))
  }

  async #spectral(): Promise<{ labels: Uint16Array; count: number }> {
    const { labels, count } = await this.#gridClusters()
    const { height, width } = this.#input.grid
    return { labels: resizeNearest(Uint16Array.from(labels), height, width, this.#height, this.#width), count }
  }

  async #connectedClusters(): Promise<{ labels: Uint16Array; count: number }> {
    const { labels } = await this.#gridClusters()
    const { height, width } = this.#input.grid
    const { ids, count } = connectedComponents(Uint16Array.from(labels), width, height, 4)
    return { labels: resizeNearest(Uint16Array.from(ids), height, width, this.#height, this.#width), count }
  }

  #givenRegions(): { labels: Uint16Array; count: number } {
    const { regions } = this.#input
    if (regions === undefined) throw new RangeError('method gt-clust needs regions: a map of region numbers')
    const labels = pillowNearest(regions.labels, regions.height, regions.width, this.#height, this.#width)
    let count = 0
    for (const label of labels) if (label !== NO_CLASS && label >= count) count = label + 1
    return { labels, count }
  }

  /** Method 3 on clusters at the output's size: the mean of p over each, with p made from upsampled logits. */
  async #namedClusters({ labels, count }: { labels: Uint16Array; count: number }): Promise<{ labels: Uint16Array; clusterCount: number; named: boolean }> {
    const joined = this.#joined()
    const rule = await this.#rule(joined, false)
    if (rule.kept?.length === 0) return { labels: this.#nothing(), clusterCount: count, named: true }
    this.#channels = probabilities(joined, joined.values, rule)
    this.#plain = largestClasses(this.#channels)
    const { grid } = this.#input
    return this.#timed('label', () => {
      let scores: ClusterScores | null = null
      let classes: readonly number[] = []
      enlargedProbabilities(joined, grid, this.#height, this.#width, rule, (y, made) => {
        classes = made.classes
        scores ??= new ClusterScores(count, classes.length)
        scores.add(made.p, labels, y * this.#width, this.#width)
      })
      const winners = (scores as ClusterScores | null)?.winners() ?? new Uint16Array(0)
      return { labels: labels.map((cluster) => (cluster < count ? classes[winners[cluster]] : NO_CLASS)), clusterCount: count, named: true }
    })
  }

  async #colourCut(): Promise<Uint16Array> {
    const { photo } = this.#input
    if (photo === undefined) throw new RangeError('method grabcut needs the photo')
    const start = await this.#argmaxOfScores()
    return this.#timed('cut', () => grabCut(start, this.#width, this.#height, photo.rgb, photo.width, photo.height))
  }

  async #snapped(method: string, labels: Uint16Array): Promise<Uint16Array> {
    const { photo, grid } = this.#input
    const { edgeSnap } = this.#settings
    if (photo === undefined || edgeSnap === 'none' || method === 'grabcut') return labels
    const [width, height] = [this.#width, this.#height]
    return this.#timed('edges', async () => snapToPhoto(labels, await this.#once('guide', [width, height, grid.width, grid.height], async () =>
      edgeGuide(photo.rgb, photo.width, photo.height, width, height, grid)), edgeSnap))
  }

  #nothing(): Uint16Array {
    return new Uint16Array(this.#width * this.#height).fill(NO_CLASS)
  }
}

/** u16[n]: the class of each row's largest channel; ties go to the first. */
function largestClasses({ p, classes }: ClassChannels): Uint16Array {
  const k = classes.length, n = p.length / k, largest = new Uint16Array(n)
  for (let cell = 0, at = 0; cell < n; cell++, at += k) {
    let best = 0
    for (let c = 1; c < k; c++) if (p[at + c] > p[at + best]) best = c
    largest[cell] = classes[best]
  }
  return largest
}
