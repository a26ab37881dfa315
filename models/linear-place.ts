/** Where a checkpoint keeps one linear layer: a matrix [storedRows, inputSize] and its bias, or some rows of them. */
export interface LinearPlace {
  readonly weight: string
  readonly bias: string | null
  readonly inputSize: number
  readonly storedRows: number
  /** those of this layer; null: all */
  readonly rows: readonly [number, number] | null
}

/** The layer at `key.weight` and `key.bias`. */
export const linearOfKey = (key: string, inputSize: number, outputSize: number, bias = true): LinearPlace =>
  ({ weight: `${key}.weight`, bias: bias ? `${key}.bias` : null, inputSize, storedRows: outputSize, rows: null })

/** What an 8-bit checkpoint calls the matrix of a layer, [in, out]: as the checkpoint it was made from, with the rows where they are some. */
export const quantisedKey = (weight: string, rows: LinearPlace['rows']): string => (rows === null ? weight : `${weight}[${rows[0]}:${rows[1]}]`)

/** What an 8-bit checkpoint calls the scales of a matrix, f32: one for each output, or for each row of a table. */
export const scaleKey = (name: string): string => `${name}.scale`
