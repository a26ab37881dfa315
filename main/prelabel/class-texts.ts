import type { PackName } from '../contract/methods.ts'
import type { TextEvidence } from '../memory/fusion.ts'
import type { PackOnDevices } from '../pipeline/messages.ts'
import type { Pipeline } from '../pipeline/owner.ts'
import type { ProjectFile } from '../project/project-file.ts'

/** What the project's classes are called, as vectors of a pack's text encoder. */
export interface ClassTexts {
  /** @param vector  f32[size] of length 1  @param possible  classes that may be named; null: all. O(names · size) */
  of(vector: Float32Array, possible: readonly number[] | null): TextEvidence
}

/**
 * @param checkpoints  what the text encoder is of (packs/checkpoint-key.ts)
 * @returns asks the pipeline when the classes, the prompts or the checkpoints have changed, else gives the same as before; null for a pack without text
 */
export function createClassTexts(file: ProjectFile, pipeline: Pipeline, pack: PackName, networks: () => Promise<Omit<PackOnDevices, 'pack'>>, checkpoints: () => Promise<string>): (ensemble: boolean) => Promise<ClassTexts | null> {
  /** by ensemble: proposals made with and without it lie side by side */
  const known = new Map<boolean, { readonly key: string; readonly texts: Promise<ClassTexts | null> }>()

  async function embedded(classes: readonly { id: number; name: string; synonyms: readonly string[]; extent: 'thing' | 'stuff' }[], ensemble: boolean): Promise<ClassTexts | null> {
    const { values, size, classOf } = await pipeline.request('texts', { pack, classes, ensemble, ...await networks() }, true)
    if (classOf.length === 0) return null
    return {
      of(vector, possible) {
        const best = new Map<number, number>()
        classOf.forEach((place, name) => {
          const { id } = classes[place]
          if (possible !== null && !possible.includes(id)) return
          let sum = 0
          for (let k = 0, at = name * size; k < size; k++, at++) sum += vector[k] * values[at]
          best.set(id, Math.max(sum, best.get(id) ?? -Infinity))
        })
        return { classIds: [...best.keys()], cosines: Float32Array.from(best.values()) }
      },
    }
  }

  return async (ensemble) => {
    const classes = file.classes.list().map(({ id, name, synonyms, extent }) => ({ id, name, synonyms, extent }))
    if (classes.length === 0) return null
    const key = JSON.stringify([await checkpoints(), classes])
    const before = known.get(ensemble)
    if (before?.key === key) return before.texts
    const texts = embedded(classes, ensemble)
    known.set(ensemble, { key, texts })
    texts.catch(() => { if (known.get(ensemble)?.texts === texts) known.delete(ensemble) })
    return texts
  }
}
