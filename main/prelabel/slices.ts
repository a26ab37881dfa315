/** Longest that such work keeps the engine's thread to itself, ms. */
const SLICE_MS = 10

/**
 * Parts long work by the time that went by, so that it waits as short on a slow machine as on a fast one.
 * @param otherWork  others get their turn; false: stop
 * @returns to be awaited after every small piece of the work; asks `otherWork` the first time, and then where a slice is over
 */
export function inSlices(otherWork: () => Promise<boolean>): () => Promise<boolean> {
  let over = -Infinity
  return async () => {
    if (performance.now() < over) return true
    const goOn = await otherWork()
    over = performance.now() + SLICE_MS
    return goOn
  }
}
