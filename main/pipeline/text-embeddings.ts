import type { MapsCache } from '../inference/maps-cache.ts'
import type { PackNetworks } from '../inference/pack-networks.ts'
import { ENSEMBLE_TEMPLATES, ensembleEmbedding, GEM_TEMPLATE, planPrompts, type NamedClass } from '../segment/prompts.ts'

/** Prompts embedded before their names are kept: a thousand classes in 80 phrasings take longer than a process is given, and the next goes on. */
const PROMPTS_AT_ONCE = 512

/** What some classes are called, as vectors. */
export interface ClassEmbeddings {
  /** f32[names, size], rows of length 1 */
  readonly values: Float32Array
  readonly size: number
  /** class of each name */
  readonly classOf: readonly number[]
}

/** Embeddings of class names, each text embedded once: kept in memory and on disk by what it says. */
export interface TextEmbeddings {
  /** @param ensemble the 80 templates instead of one @throws RangeError for a class without any name */
  of(classes: readonly NamedClass[], ensemble: boolean): Promise<ClassEmbeddings>
}

/** @param packKey  what the checkpoint is, for the cache's keys */
export function createTextEmbeddings(networks: PackNetworks, cache: MapsCache, packKey: string): TextEmbeddings {
  const known = new Map<string, Float32Array>()

  async function remembered(key: string): Promise<Float32Array | undefined> {
    const here = known.get(key)
    if (here !== undefined) return here
    const stored = await cache.read(key)
    if (stored !== null) known.set(key, stored.values)
    return stored?.values
  }

  return {
    async of(classes, ensemble) {
      const { texts, classOf } = planPrompts(classes, ensemble)
      const keys = texts.map((list) => JSON.stringify([packKey, 'text', ensemble ? ENSEMBLE_TEMPLATES.length : 1, list[0]]))
      const vectors = await Promise.all(keys.map((key) => remembered(key)))
      const missing = [...new Map(keys.flatMap((key, i) => (vectors[i] === undefined ? [[key, i] as const] : []))).values()]
      const templates = texts[0]?.length ?? 1
      const atOnce = Math.max(1, Math.floor(PROMPTS_AT_ONCE / templates))
      for (let from = 0; from < missing.length; from += atOnce) {
        const some = missing.slice(from, from + atOnce)
        const embedded = await networks.embed(some.flatMap((i) => texts[i]))
        const length = embedded.length / some.length
        for (const [place, i] of some.entries()) {
          const vector = ensembleEmbedding(embedded.subarray(place * length, (place + 1) * length), templates)
          known.set(keys[i], vector)
          await cache.write(keys[i], { values: vector, shape: [vector.length] }, 'float32')
        }
      }
      const size = known.get(keys[0])?.length ?? 0
      const values = new Float32Array(keys.length * size)
      keys.forEach((key, i) => values.set(known.get(key) ?? [], i * size))
      return { values, size, classOf }
    },
  }
}

/** What the text encoder read for a class, for a person to see. */
export function promptOf({ name, synonyms = [] }: NamedClass, ensemble: boolean): string {
  const names = [name, ...synonyms]
  return ensemble ? `${ENSEMBLE_TEMPLATES.length} templates of ${names.join(' | ')}` : names.map((text) => GEM_TEMPLATE.replace('{}', () => text)).join(' | ')
}
