/**
 * Method 3: each cluster takes the class with the largest mean probability over its pixels; ties go to the lowest class, a
 * cluster without pixels gets class 0 (REFERENCE §6.4). Means add up in double. O(pixels · channels).
 */
export class ClusterScores {
  readonly #sums: Float64Array
  readonly #counts: Float64Array
  readonly #channels: number

  constructor(clusterCount: number, channels: number) {
    this.#sums = new Float64Array(clusterCount * channels)
    this.#counts = new Float64Array(clusterCount)
    this.#channels = channels
  }

  /** @param row f32[width, channels] probabilities @param clusters cluster of each pixel, from `offset` on; ≥ clusterCount = in none */
  add(row: Float32Array, clusters: Uint16Array, offset: number, width: number): void {
    const channels = this.#channels
    for (let x = 0, at = 0; x < width; x++, at += channels) {
      const cluster = clusters[offset + x]
      if (cluster >= this.#counts.length) continue
      this.#counts[cluster]++
      const to = cluster * channels
      for (let c = 0; c < channels; c++) this.#sums[to + c] += row[at + c]
    }
  }

  /** f64[clusterCount, channels] mean probabilities; a cluster without pixels has zeros */
  means(): Float64Array {
    return this.#sums.map((sum, i) => sum / Math.max(1, this.#counts[Math.floor(i / this.#channels)]))
  }

  /** class of each cluster */
  winners(): Uint16Array {
    const channels = this.#channels
    return Uint16Array.from(this.#counts, (_, cluster) => {
      let best = 0
      for (let c = 1; c < channels; c++) if (this.#sums[cluster * channels + c] > this.#sums[cluster * channels + best]) best = c
      return best
    })
  }
}
