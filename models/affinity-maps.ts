import type { GraphBuilder, Value } from './graph-builder.ts'
import { resampleMatrix } from './resample-matrix.ts'

/** Sizes of one level of the UNet; level 0 is the grid of the latents. */
export interface LevelGrid {
  readonly h: number
  readonly w: number
}

/**
 * How the self-attention layers are weighed. `report`: every layer's rows to sum 1, then r_l / Σ r (REFERENCE §3.5);
 * `diffseg`: the layers of one level averaged first, then r / Σ over levels (DiffSeg's aggregation).
 */
export type AffinityWeights = 'report' | 'diffseg'

/**
 * Adds up the self-attention of all layers inside the graph. Columns are resampled by R1 and rows repeated, but only once a
 * level: both are linear, so the layers of one level are added up at that level's own size (and divided by what their
 * resampled rows will sum to), which gives the published sum at a fraction of its 8.8 GB of traffic.
 */
export class AffinitySum {
  readonly #builder: GraphBuilder
  readonly #grids: readonly LevelGrid[]
  readonly #weights: AffinityWeights
  readonly #layers: readonly number[]
  readonly #sums: (Value | null)[]

  /** @param layers  how many layers each level has */
  constructor(builder: GraphBuilder, grids: readonly LevelGrid[], layers: readonly number[], weights: AffinityWeights) {
    this.#builder = builder
    this.#grids = grids
    this.#layers = layers
    this.#weights = weights
    this.#sums = grids.map(() => null)
  }

  /** Of one layer; for DiffSeg the level's own weight is given at the end. */
  #layerWeight(level: number): number {
    if (this.#weights === 'diffseg') return 1 / this.#layers[level]
    return this.#grids[level].h / this.#layers.reduce((sum, count, i) => sum + count * this.#grids[i].h, 0)
  }

  #push(level: number, map: Value): Value {
    const sum = this.#sums[level]
    const next = sum === null ? map : this.#builder.add(sum, map)
    this.#sums[level] = next
    return next
  }

  /** One of `heads` maps [1, n, n] of a layer on level 0, whose rows need no resampling. Gives the newest sum, for the order of nodes. */
  addHead(map: Value, heads: number): Value {
    return this.#push(0, this.#builder.scaled(map, this.#layerWeight(0) / heads))
  }

  /** A layer's map [n, n], heads averaged. */
  addLayer(level: number, map: Value): Value {
    const b = this.#builder
    const { h, w } = this.#grids[level]
    const square = b.reshape(map, [1, h * w, h * w])
    return this.#push(level, b.scaled(level === 0 || this.#weights === 'diffseg' ? square : this.#normalised(level, square), this.#layerWeight(level)))
  }

  /** Rows divided by what they sum to after resampling. */
  #normalised(level: number, square: Value): Value {
    const { h, w } = this.#grids[level]
    const [fine] = this.#grids
    const columnSums = (input: number, output: number): Float32Array => {
      const matrix = resampleMatrix(input, output, 'bilinear')
      return Float32Array.from({ length: input }, (_, i) => Array.from({ length: output }, (_, o) => matrix[o * input + i]).reduce((sum, weight) => sum + weight, 0))
    }
    const rows = columnSums(h, fine.h)
    const columns = columnSums(w, fine.w)
    const sums = Float32Array.from({ length: h * w }, (_, i) => rows[Math.trunc(i / w)] * columns[i % w])
    return this.#builder.divide(square, this.#builder.product(square, this.#builder.floats(sums, [h * w, 1])))
  }

  /** affinity [N, N] of the latents' grid, rows sum to 1. */
  finish(): Value {
    const b = this.#builder
    const [fine] = this.#grids
    const cells = fine.h * fine.w
    const levelSum = this.#layers.reduce((sum, count, i) => sum + (count > 0 ? this.#grids[i].h : 0), 0)
    let coarser: { readonly value: Value; readonly grid: LevelGrid } | null = null
    for (let level = this.#grids.length - 1; level >= 0; level--) {
      const grid = this.#grids[level]
      const sum = this.#sums[level]
      let here: Value | null = null
      if (sum !== null) {
        const weighed = this.#weights === 'diffseg' ? b.scaled(level === 0 ? sum : this.#normalised(level, sum), grid.h / levelSum) : sum
        here = level === 0 ? b.reshape(weighed, [cells, cells]) : this.#columnsResampled(level, weighed)
      }
      if (coarser !== null) {
        // rows repeated: (y, x) takes (⌊y / f⌋, ⌊x / f⌋)
        const { h, w }: LevelGrid = coarser.grid
        const repeated = b.reshape(coarser.value, [h, 1, w, 1, cells])
        const apart: readonly number[] = [h, grid.h / h, w, grid.w / w, cells]
        const all: Value = here === null ? b.apply('Expand', [repeated, b.integers(apart)]) : b.add(b.reshape(here, apart), repeated)
        here = b.reshape(all, [grid.h * grid.w, cells])
      }
      if (here !== null) coarser = { value: here, grid }
    }
    if (coarser === null) throw new Error('no self-attention layer was added')
    return coarser.value
  }

  #columnsResampled(level: number, square: Value): Value {
    const b = this.#builder
    const { h, w } = this.#grids[level]
    const [fine] = this.#grids
    const across = resampleMatrix(w, fine.w, 'bilinear')
    const transposed = Float32Array.from({ length: w * fine.w }, (_, i) => across[(i % fine.w) * w + Math.trunc(i / fine.w)])
    const wide = b.product(b.reshape(square, [h * w, h, w]), b.floats(transposed, [w, fine.w]))
    return b.reshape(b.product(b.floats(resampleMatrix(h, fine.h, 'bilinear'), [fine.h, h]), wide), [h * w, fine.h * fine.w])
  }
}

/**
 * Adds up the cross-attention of all layers, [n, tokens] each, and picks columns: class maps (REFERENCE §3.6). The layers of a
 * level are added up first, then columns picked, then resampled by R2: all linear. w_l = (R / r_l) / Σ.
 */
export class ClassMapSum {
  readonly #builder: GraphBuilder
  readonly #grids: readonly LevelGrid[]
  readonly #layers: readonly number[]
  readonly #sums: (Value | null)[]

  constructor(builder: GraphBuilder, grids: readonly LevelGrid[], layers: readonly number[]) {
    this.#builder = builder
    this.#grids = grids
    this.#layers = layers
    this.#sums = grids.map(() => null)
  }

  addLayer(level: number, map: Value): Value {
    const b = this.#builder
    const share = (i: number): number => this.#grids[0].h / this.#grids[i].h
    const weighed = b.scaled(map, share(level) / this.#layers.reduce((sum, count, i) => sum + count * share(i), 0))
    const sum = this.#sums[level]
    const next = sum === null ? weighed : b.add(sum, weighed)
    this.#sums[level] = next
    return next
  }

  /** @param selection  [tokens, columns] what each output column takes of each token  @returns [N, columns] */
  finish(selection: Value): Value {
    const b = this.#builder
    const [fine] = this.#grids
    const parts = this.#sums.flatMap((sum, level) => {
      if (sum === null) return []
      const { h, w } = this.#grids[level]
      const picked = b.product(sum, selection)
      if (level === 0) return [picked]
      const tall = b.product(b.floats(resampleMatrix(h, fine.h, 'bicubic-antialiased'), [fine.h, h]), b.reshape(picked, [h, -1]))
      // the number of columns is known only at run time, so it is the size that reshape works out
      const wide = b.product(b.floats(resampleMatrix(w, fine.w, 'bicubic-antialiased'), [fine.w, w]), b.reshape(tall, [fine.h, w, -1]))
      return [b.reshape(wide, [fine.h * fine.w, -1])]
    })
    return parts.reduce((sum, part) => b.add(sum, part))
  }
}
