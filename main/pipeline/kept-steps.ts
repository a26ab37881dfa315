import { stat } from 'node:fs/promises'

/** What was computed of one photo, by step: asked again with other settings, only the steps that depend on them run. */
export interface KeptSteps {
  /** whether anything is kept */
  readonly kept: boolean
  /** The result of a step, computed once for each `of`: all that it depends on beside the photo. */
  readonly step: <T>(kind: string, of: readonly (string | number)[], compute: () => Promise<T> | T) => Promise<T>
}

/** Keeps nothing. */
export const NO_STEPS: KeptSteps = { kept: false, step: async (_kind, _of, compute) => compute() }

/** Results of one kind, those used last: the labels and masks of a large photo take some 100 MB for each choice of settings. */
const KEPT_OF_A_KIND = 4

/**
 * Keeps the steps of the photo that was asked for last; a file that changed is another photo.
 * @returns begin: whether steps are to be kept from now on; those that are there already are always used, so that what was previewed is what is stored
 */
export function createKeptSteps(): (path: string, begin: boolean) => Promise<KeptSteps> {
  let kept: { readonly key: string; readonly kinds: Map<string, Map<string, Promise<unknown>>> } | undefined
  return async (path, begin) => {
    const { mtimeMs, size } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0 }))
    const key = `${path} ${mtimeMs} ${size}`
    if (kept?.key !== key) {
      if (!begin) return NO_STEPS
      kept = { key, kinds: new Map() }
    }
    const { kinds } = kept
    return {
      kept: true,
      step<T>(kind: string, of: readonly (string | number)[], compute: () => Promise<T> | T) {
        const results = kinds.get(kind) ?? new Map<string, Promise<unknown>>()
        kinds.set(kind, results)
        const name = JSON.stringify(of)
        const made = results.get(name) as Promise<T> | undefined ?? Promise.resolve().then(compute)
        // the one used last stands at the end
        results.delete(name)
        results.set(name, made)
        made.catch(() => { if (results.get(name) === made) results.delete(name) })
        for (const oldest of results.keys()) {
          if (results.size <= KEPT_OF_A_KIND) break
          results.delete(oldest)
        }
        return made
      },
    }
  }
}
