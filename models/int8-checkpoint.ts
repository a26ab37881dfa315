import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { requireTensor, type Checkpoint } from './checkpoint.ts'
import type { ClipConfig, ClipTower } from './clip-config.ts'
import { clipKeys, type ClipKeys } from './clip-keys.ts'
import { linearOfKey, quantisedKey, scaleKey, type LinearPlace } from './linear-place.ts'
import { readStoredFloats } from './stored-floats.ts'

/**
 * Largest 8-bit weight. 63 leaves one bit free, for processors whose products of 8-bit numbers are added in pairs to 16 bits
 * and would overflow (x64 before VNNI).
 */
export type Int8Range = 127 | 63

/** Every linear layer in the blocks of one tower. */
function linearsOf(keys: ClipKeys, blockOf: (index: number) => string, { layers, width, mlp }: ClipTower): LinearPlace[] {
  return Array.from({ length: layers }, (_, index) => blockOf(index)).flatMap((block) => [
    ...keys.queryKeyValue(block, width),
    linearOfKey(`${block}.${keys.attentionOut}`, width, width),
    linearOfKey(`${block}.${keys.mlp1}`, width, mlp),
    linearOfKey(`${block}.${keys.mlp2}`, mlp, width),
  ])
}

/** What a tensor of the new file is called, and how its bytes come about. */
interface NewTensor {
  readonly name: string
  readonly dtype: 'I8' | 'F32'
  readonly shape: readonly number[]
}
interface Quantised { readonly values: Int8Array; readonly scales: Float32Array }

/**
 * Rows of a matrix as 8-bit numbers, each row with a scale of its own: w[r, i] ≈ values · scale[r], symmetric, no zero point.
 * O(rows · columns).
 * @param matrix      f32[rows, columns]
 * @param transposed  true: values are i8[columns, rows], as products want them; false: i8[rows, columns], as a table
 * @returns error at most scale / 2 = max |w[r]| / (2 · range)
 */
export function quantisedRows(matrix: Float32Array, rows: number, columns: number, range: Int8Range, transposed: boolean): Quantised {
  const values = new Int8Array(rows * columns)
  const scales = new Float32Array(rows)
  const [rowStep, columnStep] = transposed ? [1, rows] : [columns, 1]
  for (let row = 0; row < rows; row++) {
    let largest = 0
    for (let i = row * columns; i < (row + 1) * columns; i++) largest = Math.max(largest, Math.abs(matrix[i]))
    scales[row] = largest === 0 ? 1 : largest / range
    const factor = 1 / scales[row]
    for (let column = 0; column < columns; column++) values[row * rowStep + column * columnStep] = Math.round(matrix[row * columns + column] * factor)
  }
  return { values, scales }
}

/**
 * Writes a CLIP checkpoint with the linear layers of both towers, and the table of tokens, as 8-bit numbers: a safetensors file
 * that GraphBuilder reads like any other. A third of the size; the rest (norms, positions, patches, projections) stays f32.
 * One tensor at a time is in memory. O(numbers): about a second for ViT-B/16.
 * @param path  of the new file; what is there is written over
 * @throws EngineError 'bad-file' naming a tensor; Node's error for the disk
 */
export async function writeInt8Checkpoint(checkpoint: Checkpoint, config: ClipConfig, range: Int8Range, path: string): Promise<void> {
  const keys = clipKeys(checkpoint)
  const linears = [...linearsOf(keys, keys.visionBlock, config.vision), ...linearsOf(keys, keys.textBlock, config.text)]
  const quantised = new Set([...linears.map(({ weight }) => weight), keys.tokens])
  const kept = [...checkpoint.tensors].filter(([name, { dtype }]) => !quantised.has(name) && (dtype === 'F32' || dtype === 'F16' || dtype === 'BF16'))
  const rowsOf = ({ rows, storedRows }: LinearPlace): number => (rows === null ? storedRows : rows[1] - rows[0])
  const { vocabulary, width } = config.text
  // four bytes first: then all of them are aligned
  const tensors: NewTensor[] = [
    ...kept.map(([name, { shape }]): NewTensor => ({ name, dtype: 'F32', shape })),
    ...linears.map((place): NewTensor => ({ name: scaleKey(quantisedKey(place.weight, place.rows)), dtype: 'F32', shape: [rowsOf(place)] })),
    { name: scaleKey(keys.tokens), dtype: 'F32', shape: [vocabulary] },
    ...linears.map((place): NewTensor => ({ name: quantisedKey(place.weight, place.rows), dtype: 'I8', shape: [place.inputSize, rowsOf(place)] })),
    { name: keys.tokens, dtype: 'I8', shape: [vocabulary, width] },
  ]
  const file = await open(path, 'w')
  try {
    const put = await startFile(file, tensors)
    for (const [name, entry] of kept) await put(name, await readStoredFloats(checkpoint, name, entry))
    for (const place of linears) {
      const { weight, storedRows, inputSize, rows } = place
      const matrix = await readStoredFloats(checkpoint, weight, requireTensor(checkpoint, weight, [storedRows, inputSize]))
      const part = rows === null ? matrix : matrix.subarray(rows[0] * inputSize, rows[1] * inputSize)
      const { values, scales } = quantisedRows(part, rowsOf(place), inputSize, range, true)
      const key = quantisedKey(weight, rows)
      await put(key, values)
      await put(scaleKey(key), scales)
    }
    const table = await readStoredFloats(checkpoint, keys.tokens, requireTensor(checkpoint, keys.tokens, [vocabulary, width]))
    const { values, scales } = quantisedRows(table, vocabulary, width, range, false)
    await put(keys.tokens, values)
    await put(scaleKey(keys.tokens), scales)
    // it is renamed into its place next: after a power cut that must not name a file of noughts, which would be read as weights
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Writes the header of a safetensors file; the returned function puts each tensor into its place. */
async function startFile(file: FileHandle, tensors: readonly NewTensor[]): Promise<(name: string, values: Int8Array | Float32Array) => Promise<void>> {
  const places = new Map<string, number>()
  const header: Record<string, unknown> = {}
  let end = 0
  for (const { name, dtype, shape } of tensors) {
    const bytes = shape.reduce((product, side) => product * side, 1) * (dtype === 'I8' ? 1 : 4)
    places.set(name, end)
    header[name] = { dtype, shape, data_offsets: [end, end + bytes] }
    end += bytes
  }
  const text = JSON.stringify(header)
  const padded = Buffer.from(text.padEnd(text.length + ((8 - Buffer.byteLength(text) % 8) % 8), ' '))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(padded.length))
  await file.write(length, 0, 8, 0)
  await file.write(padded, 0, padded.length, 8)
  return async (name, values) => {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    const { bytesWritten } = await file.write(bytes, 0, bytes.length, 8 + padded.length + (places.get(name) ?? 0))
    if (bytesWritten !== bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes of "${name}" could be written`)
  }
}
