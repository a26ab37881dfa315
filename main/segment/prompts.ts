/** GEM's prompt, with its full stop (REFERENCE §2): always the article "a". */
export const GEM_TEMPLATE = 'a photo of a {}.'

/** The 80 prompt templates that CLIP's authors published for ImageNet (openai/CLIP, MIT licence); {} is the class name. */
export const ENSEMBLE_TEMPLATES: readonly string[] = [
  'a bad photo of a {}.', 'a photo of many {}.', 'a sculpture of a {}.', 'a photo of the hard to see {}.', 'a low resolution photo of the {}.',
  'a rendering of a {}.', 'graffiti of a {}.', 'a bad photo of the {}.', 'a cropped photo of the {}.', 'a tattoo of a {}.',
  'the embroidered {}.', 'a photo of a hard to see {}.', 'a bright photo of a {}.', 'a photo of a clean {}.', 'a photo of a dirty {}.',
  'a dark photo of the {}.', 'a drawing of a {}.', 'a photo of my {}.', 'the plastic {}.', 'a photo of the cool {}.',
  'a close-up photo of a {}.', 'a black and white photo of the {}.', 'a painting of the {}.', 'a painting of a {}.', 'a pixelated photo of the {}.',
  'a sculpture of the {}.', 'a bright photo of the {}.', 'a cropped photo of a {}.', 'a plastic {}.', 'a photo of the dirty {}.',
  'a jpeg corrupted photo of a {}.', 'a blurry photo of the {}.', 'a photo of the {}.', 'a good photo of the {}.', 'a rendering of the {}.',
  'a {} in a video game.', 'a photo of one {}.', 'a doodle of a {}.', 'a close-up photo of the {}.', 'a photo of a {}.',
  'the origami {}.', 'the {} in a video game.', 'a sketch of a {}.', 'a doodle of the {}.', 'a origami {}.',
  'a low resolution photo of a {}.', 'the toy {}.', 'a rendition of the {}.', 'a photo of the clean {}.', 'a photo of a large {}.',
  'a rendition of a {}.', 'a photo of a nice {}.', 'a photo of a weird {}.', 'a blurry photo of a {}.', 'a cartoon {}.',
  'art of a {}.', 'a sketch of the {}.', 'a embroidered {}.', 'a pixelated photo of a {}.', 'itap of the {}.',
  'a jpeg corrupted photo of the {}.', 'a good photo of a {}.', 'a plushie {}.', 'a photo of the nice {}.', 'a photo of the small {}.',
  'a photo of the weird {}.', 'the cartoon {}.', 'art of the {}.', 'a drawing of the {}.', 'a photo of the large {}.',
  'a black and white photo of a {}.', 'the plushie {}.', 'a dark photo of a {}.', 'itap of a {}.', 'graffiti of the {}.',
  'a toy {}.', 'itap of my {}.', 'a photo of a cool {}.', 'a photo of a small {}.', 'a tattoo of the {}.',
]

/** Stuff that is nobody's class in most datasets: the background is their maximum (METHODS §2.3). */
export const STUFF_NAMES: readonly string[] = [
  'ground', 'land', 'grass', 'tree', 'building', 'wall', 'sky', 'lake', 'water', 'river', 'sea', 'railway', 'railroad', 'keyboard', 'helmet',
  'cloud', 'house', 'mountain', 'ocean', 'road', 'rock', 'street', 'valley', 'bridge', 'sign', 'floor',
]

/** A class as a prompt sees it: its name and other names for it. */
export interface NamedClass {
  readonly name: string
  readonly synonyms?: readonly string[]
}

/** What to embed, and which class each text belongs to. */
export interface PromptPlan {
  /** one list of texts per name; their embeddings are normalised, averaged and normalised again */
  readonly texts: readonly (readonly string[])[]
  /** class index of each list; a class with synonyms has several, and its score is their maximum */
  readonly classOf: readonly number[]
}

/**
 * The texts for some classes: every name of each class in one template or in the 80. Names are trimmed; empty ones are left
 * out, repeated ones (ignoring case) appear once per class.
 * @throws RangeError for a class without any name
 */
export function planPrompts(classes: readonly NamedClass[], ensemble: boolean): PromptPlan {
  const templates = ensemble ? ENSEMBLE_TEMPLATES : [GEM_TEMPLATE]
  const texts: string[][] = []
  const classOf: number[] = []
  classes.forEach(({ name, synonyms = [] }, index) => {
    const seen = new Set<string>()
    for (const text of [name, ...synonyms].map((given) => given.trim())) {
      if (text === '' || seen.has(text.toLowerCase())) continue
      seen.add(text.toLowerCase())
      texts.push(templates.map((template) => template.replace('{}', () => text)))
      classOf.push(index)
    }
    if (seen.size === 0) throw new RangeError(`class ${index} has no name to make a prompt of`)
  })
  return { texts, classOf }
}

/**
 * Scores per class from scores per name: the maximum over a class's names. O(n · names).
 * @param scores f32[n, names] @param classOf class of each name
 * @returns f32[n, classCount]; a class without names has −Infinity, so give each at least one
 */
export function maximumOverNames(scores: Float32Array, classOf: readonly number[], classCount: number): Float32Array {
  const names = classOf.length
  const n = scores.length / names
  const out = new Float32Array(n * classCount).fill(-Infinity)
  for (let cell = 0; cell < n; cell++) {
    for (let t = 0; t < names; t++) {
      const at = cell * classCount + classOf[t]
      if (scores[cell * names + t] > out[at]) out[at] = scores[cell * names + t]
    }
  }
  return out
}

/**
 * One embedding per name: each text's vector normalised, averaged over the templates, normalised.
 * @param embeddings f32[templates, d] of one name @returns f32[d], unit length
 */
export function ensembleEmbedding(embeddings: Float32Array, templates: number): Float32Array {
  const d = embeddings.length / templates
  const sum = new Float64Array(d)
  for (let t = 0; t < templates; t++) {
    const row = embeddings.subarray(t * d, (t + 1) * d)
    const norm = Math.hypot(...row)
    if (norm > 0) for (let j = 0; j < d; j++) sum[j] += row[j] / norm
  }
  const norm = Math.sqrt(sum.reduce((total, value) => total + value * value, 0))
  return Float32Array.from(sum, (value) => (norm > 0 ? value / norm : 0))
}
