import { z } from 'zod'

/**
 * The settings of the methods: one table from which command line, page and stored provenance derive.
 * A number has a range and a unit ('' = none); a choice its options; a switch neither.
 */
export type Setting =
  | { readonly type: 'number'; readonly default: number; readonly min: number; readonly max: number; readonly whole?: boolean; readonly unit: string; readonly help: string }
  | { readonly type: 'choice'; readonly default: string; readonly options: readonly string[]; readonly help: string }
  | { readonly type: 'switch'; readonly default: boolean; readonly help: string }

export const SETTINGS = {
  temperature: { type: 'number', default: 0.01, min: 0.001, max: 1, unit: '', help: 'softmax temperature of the scores: p = softmax(cosine / temperature); the report uses 0.1 for VOC, 0.01 elsewhere' },
  background: { type: 'choice', default: 'none', options: ['none', 'report', 'sos', 'stuff-floor'], help: 'background rule: none; report = max(0, 1 − max p − 0.8); sos = the [SOS] map; stuff-floor = maximum over stuff names plus a floor on p' },
  clusterCount: { type: 'number', default: 20, min: 2, max: 100, whole: true, unit: 'clusters', help: 'number of spectral clusters' },
  diffsegThreshold: { type: 'number', default: 0.8, min: 0, max: 10, unit: 'nat', help: 'symmetric KL divergence below which DiffSeg merges two maps' },
  presenceThreshold: { type: 'number', default: 0, min: 0, max: 1, unit: '', help: 'classes whose presence score is below this are dropped from the image; 0 keeps all' },
  minAreaPx2: { type: 'number', default: 200, min: 0, max: 1_000_000_000, whole: true, unit: 'px²', help: 'smaller regions are no proposals' },
  nameThreshold: { type: 'number', default: 0.25, min: 0, max: 1, unit: '', help: 'a region whose best name scores less than this is proposed without a class' },
  edgeSnap: { type: 'choice', default: 'guided', options: ['none', 'guided', 'pamr', 'guided+cut'], help: 'how the grid’s labels are brought to the photo’s edges at full size' },
  affinity: { type: 'choice', default: 'layers', options: ['layers', 'sharpened', 'walk', 'iterated'], help: 'how scores are refined: by the affinity as given, sharpened (CLIPer), by a restarted random walk on it, or in several steps by the affinity with its entropy reduced' },
  affinityOf: { type: 'choice', default: 'network', options: ['network', 'photo'], help: 'what the affinity is of: the pack’s diffusion model, or the colours, texture and edges of the photo itself, as in the pack classic (64×64 cells)' },
  windows: { type: 'switch', default: false, help: 'scores from overlapping windows at the photo’s own aspect ratio' },
  scales: { type: 'switch', default: false, help: 'test-time augmentation: scores are the mean over the picture and its mirror image, each in three sizes (9/16, 3/4 and all of the pack’s side); windows, where both are asked for, stand alone' },
  promptEnsemble: { type: 'switch', default: false, help: '80 prompt templates instead of "a photo of a …."' },
  walkRestart: { type: 'number', default: 0.5, min: 0, max: 1, unit: '', help: 'share of the walk that stays with the original scores at each step (1 − α)' },
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof SETTINGS
type Value<S extends Setting> = S extends { type: 'number' } ? number : S extends { type: 'switch' } ? boolean : S extends { options: readonly (infer O)[] } ? O : never
/** A value for every setting. */
export type Settings = { -readonly [N in SettingName]: Value<(typeof SETTINGS)[N]> }

const schemaOf = (setting: Setting): z.ZodType => {
  if (setting.type === 'switch') return z.boolean().default(setting.default)
  if (setting.type === 'choice') return z.enum(setting.options as [string, ...string[]]).default(setting.default)
  const number = z.number().min(setting.min).max(setting.max)
  return (setting.whole === true ? number.int() : number).default(setting.default)
}

/** Parses some settings and fills in the defaults of the others; an unknown name is an error. */
export const SettingsSchema = z.strictObject(Object.fromEntries(Object.entries(SETTINGS).map(([name, setting]) => [name, schemaOf(setting)]))) as unknown as z.ZodType<Settings, Partial<Settings>>

/** Settings as a person gives them: only those that differ from the default. */
export const SomeSettings = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]))

/** Settings that stand where a person gives none: a pack's own before the table's. */
export const PackSettings = SomeSettings.refine((given) => SettingsSchema.safeParse(given).success, 'settings of the table expected, in their ranges') as unknown as z.ZodType<Partial<Settings>>

export const DEFAULT_SETTINGS: Settings = SettingsSchema.parse({})
