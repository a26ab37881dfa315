/** Over how much of the past a rate is taken. */
const WINDOW_MS = 5_000
/** Below this no rate is told: it would jump. */
const LEAST_MS = 500

/** Bytes a second over the last seconds. */
export class ByteRate {
  #samples: { readonly at: number; readonly done: number }[] = []

  /** Forgets the past: another step begins, or work goes on after a pause. */
  reset(): void {
    this.#samples = []
  }

  /** @param at ms, not falling */
  add(done: number, at: number): void {
    const newest = this.#samples.at(-1)
    // a sample a tenth of a second is enough; what a restart takes back starts the count anew
    if (newest !== undefined && done < newest.done) this.reset()
    else if (newest !== undefined && at - newest.at < 100) return
    this.#samples.push({ at, done })
    while (this.#samples.length > 2 && at - this.#samples[0].at > WINDOW_MS) this.#samples.shift()
  }

  /** null until known */
  perSecond(): number | null {
    const [first, last] = [this.#samples.at(0), this.#samples.at(-1)]
    if (first === undefined || last === undefined || last.at - first.at < LEAST_MS) return null
    return (last.done - first.done) / (last.at - first.at) * 1000
  }
}
