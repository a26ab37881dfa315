import { z } from 'zod'
import { SETTINGS, type Settings, type SettingName } from './settings.ts'

/** The named methods of METHODS.md §1 (rows in the report's order) and what each needs beyond what its pack gives. */
export const MethodName = z.enum([
  'gem', 'gem-w', 'agg-gem', 'agg-gem-w', 'agg-sd', 'diffseg-clust', 'spec-clust', 'gt-clust', 'diffseg',
  'maskclip', 'clip-surgery', 'grabcut', 'regions',
])
export type MethodName = z.infer<typeof MethodName>

export interface MethodNeeds {
  readonly affinity: boolean
  readonly scores: boolean
  readonly ticked: boolean
  readonly regions: boolean
  readonly photo: boolean
  /** runs a model of its own: works only on packs that offer it */
  readonly pack: boolean
  readonly summary: string
}

const needs = (summary: string, ...what: ('affinity' | 'scores' | 'ticked' | 'regions' | 'photo' | 'pack')[]): MethodNeeds => ({
  affinity: what.includes('affinity'),
  scores: what.includes('scores'),
  ticked: what.includes('ticked'),
  regions: what.includes('regions'),
  photo: what.includes('photo'),
  pack: what.includes('pack'),
  summary,
})

export const METHODS: Readonly<Record<MethodName, MethodNeeds>> = {
  gem: needs('argmax of the scores (method 1)', 'scores'),
  'gem-w': needs('argmax of the scores over the ticked classes', 'scores', 'ticked'),
  'agg-gem': needs('scores refined by the affinity, then argmax (method 2)', 'affinity', 'scores'),
  'agg-gem-w': needs('method 2 over the ticked classes', 'affinity', 'scores', 'ticked'),
  'agg-sd': needs('method 2 on the diffusion model’s own class maps', 'affinity', 'ticked', 'pack'),
  'diffseg-clust': needs('DiffSeg clusters, each named by its mean score (method 3)', 'affinity', 'scores'),
  'spec-clust': needs('spectral clusters, each named by its mean score (method 3)', 'affinity', 'scores'),
  'gt-clust': needs('regions of a person, each named by its mean score', 'scores', 'regions'),
  diffseg: needs('DiffSeg clusters without names', 'affinity'),
  maskclip: needs('CLIP with its last attention replaced by the value path', 'pack'),
  'clip-surgery': needs('CLIP with value-value attention paths', 'pack'),
  grabcut: needs('one-versus-rest graph cut on colours from scores or a mask', 'scores', 'photo'),
  regions: needs('spectral clusters, connected parts; named by the accepted regions they resemble', 'affinity'),
}

/** A pack's name, which is also its folder's (contract/packs.ts). */
export const PackName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'the name of a pack has small letters, digits and hyphens, at most 40')
export type PackName = z.infer<typeof PackName>

const SCORE_SETTINGS = ['temperature', 'background', 'presenceThreshold', 'windows', 'scales', 'promptEnsemble'] as const
const REFINING_SETTINGS = [...SCORE_SETTINGS, 'affinityOf', 'affinity', 'walkRestart'] as const

/**
 * The settings each method obeys; any other has no effect on it. `edgeSnap` acts where there is a photo, `minAreaPx2` where
 * labels become proposals, so every method that ends in labels on a photo has both.
 */
export const METHOD_SETTINGS = {
  gem: [...SCORE_SETTINGS, 'edgeSnap', 'minAreaPx2'],
  'gem-w': [...SCORE_SETTINGS, 'edgeSnap', 'minAreaPx2'],
  'agg-gem': [...REFINING_SETTINGS, 'edgeSnap', 'minAreaPx2'],
  'agg-gem-w': [...REFINING_SETTINGS, 'edgeSnap', 'minAreaPx2'],
  'agg-sd': ['background', 'affinity', 'walkRestart', 'edgeSnap', 'minAreaPx2'],
  'diffseg-clust': [...SCORE_SETTINGS, 'affinityOf', 'diffsegThreshold', 'edgeSnap', 'minAreaPx2'],
  'spec-clust': [...SCORE_SETTINGS, 'affinityOf', 'clusterCount', 'edgeSnap', 'minAreaPx2'],
  'gt-clust': [...SCORE_SETTINGS, 'edgeSnap', 'minAreaPx2'],
  diffseg: ['affinityOf', 'diffsegThreshold', 'edgeSnap', 'minAreaPx2'],
  maskclip: [...SCORE_SETTINGS, 'edgeSnap', 'minAreaPx2'],
  'clip-surgery': [...SCORE_SETTINGS, 'edgeSnap', 'minAreaPx2'],
  grabcut: [...SCORE_SETTINGS, 'minAreaPx2'],
  regions: ['clusterCount', 'nameThreshold', 'edgeSnap', 'minAreaPx2'],
} as const satisfies Readonly<Record<MethodName, readonly SettingName[]>>

/** The part of full settings that a method obeys: what its results' provenance records. */
export function settingsOf(method: MethodName, settings: Settings): Partial<Settings> {
  return Object.fromEntries(METHOD_SETTINGS[method].map((name) => [name, settings[name]]))
}

/** Of settings a person gave, those the method does not obey. */
export function uselessSettings(method: MethodName, given: Readonly<Record<string, unknown>>): string[] {
  const obeyed: readonly string[] = METHOD_SETTINGS[method]
  return Object.keys(given).filter((name) => Object.hasOwn(SETTINGS, name) && !obeyed.includes(name))
}
