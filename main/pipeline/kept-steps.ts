import { stat } from 'node:fs/promises'

/** What was computed of one photo, by step: asked again with other settings, only the steps that depend on them run. */
export interface KeptSteps {
  /** whether anything is kept */
  readonly kept: boolean
  /** The result of a step, computed once for its key. */
  readonly step: <T>(key: string, compute: () => Promise<T> | T) => Promise<T>
}

/** Keeps nothing. */
export const NO_STEPS: KeptSteps = { kept: false, step: async (_key, compute) => compute() }

/**
 * Keeps the steps of the photo that was asked for last; a file that changed is another photo.
 * @returns begin: whether steps are to be kept from now on; those that are there already are always used, so that what was previewed is what is stored
 */
export function createKeptSteps(): (path: string, begin: boolean) => Promise<KeptSteps> {
  let kept: { readonly key: string; readonly steps: Map<string, Promise<unknown>> } | undefined
  return async (path, begin) => {
    const { mtimeMs, size } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0 }))
    const key = `${path} ${mtimeMs} ${size}`
    if (kept?.key !== key) {
      if (!begin) return NO_STEPS
      kept = { key, steps: new Map() }
    }
    const { steps } = kept
    return {
      kept: true,
      step(name, compute) {
        const known = steps.get(name)
        if (known !== undefined) return known as Promise<never>
        const made = Promise.resolve().then(compute)
        steps.set(name, made)
        made.catch(() => steps.delete(name))
        return made
      },
    }
  }
}
