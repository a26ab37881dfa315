import { z } from 'zod'
import { EngineError } from '../contract/errors.ts'
import { readFloatTensor, readSafetensorsHeader } from '../../models/safetensors.ts'

/** A grid of cells: h rows of w, row-major. */
export interface Grid {
  readonly h: number
  readonly w: number
}

/** What a maps file holds (DESIGN.md "Maps file"): the inputs of every method, as some network or another program gave them. */
export interface Maps {
  readonly classes: readonly string[]
  /** grid of the affinity and, unless `cosineGrid` says otherwise, of the scores; n = h·w */
  readonly grid: Grid
  /** f32[n, n] row-stochastic, or null */
  readonly affinity: Float32Array | null
  /** f32[n, c] probabilities or any scores, or null */
  readonly scores: Float32Array | null
  /** f32[h', w', c] cosine similarities on their own grid, or null */
  readonly cosine: Float32Array | null
  readonly cosineGrid: Grid | null
  /** f32[n] attention on the [SOS] token, or null */
  readonly sos: Float32Array | null
}

const ClassList = z.array(z.string().min(1)).min(1).max(65_534)
const GridList = z.tuple([z.int().positive(), z.int().positive()])

function parseMetadata<T>(path: string, metadata: Readonly<Record<string, string>>, key: string, schema: z.ZodType<T>, wanted: string): T {
  const text = metadata[key]
  if (text === undefined) throw new EngineError('bad-file', `${path}: its metadata has no "${key}"; ${wanted} is wanted`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new EngineError('bad-file', `${path}: metadata "${key}" is not JSON: ${text.slice(0, 80)}`)
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new EngineError('bad-file', `${path}: metadata "${key}" is ${text.slice(0, 80)}; ${wanted} is wanted`)
  return parsed.data
}

/**
 * Reads a maps file. Shapes are checked against the metadata; values are checked by the methods themselves.
 * @throws EngineError 'bad-file' naming the file, the tensor, the shape found and the shape wanted
 */
export async function readMapsFile(path: string): Promise<Maps> {
  const header = await readSafetensorsHeader(path)
  const classes = parseMetadata(path, header.metadata, 'classes', ClassList, 'a JSON list of class names')
  const [h, w] = parseMetadata(path, header.metadata, 'grid', GridList, 'a JSON list [h, w]')
  const n = h * w
  const c = classes.length
  const expectShape = (name: string, found: readonly number[], wanted: readonly (number | null)[]) => {
    if (wanted.some((side, i) => side !== null && side !== found[i])) {
      throw new EngineError('bad-file', `${path}: tensor "${name}" has shape [${found.join(', ')}]; with grid [${h}, ${w}] and ${c} classes [${wanted.map((side) => side ?? 'any').join(', ')}] is wanted`)
    }
  }
  const optional = async (name: string, dimensions: number, wanted: readonly (number | null)[]) => {
    if (!header.tensors.has(name)) return null
    const tensor = await readFloatTensor(header, name, dimensions)
    expectShape(name, tensor.shape, wanted)
    return tensor
  }
  const affinity = await optional('affinity', 2, [n, n])
  const scores = await optional('scores', 2, [n, c])
  const cosine = await optional('cosine', 3, [null, null, c])
  const sos = await optional('sos', 1, [n])
  if (affinity === null && scores === null && cosine === null) {
    throw new EngineError('bad-file', `${path}: it holds neither "affinity", "scores" nor "cosine"; it has ${[...header.tensors.keys()].slice(0, 20).join(', ') || 'no tensors'}`)
  }
  return {
    classes,
    grid: { h, w },
    affinity: affinity?.data ?? null,
    scores: scores?.data ?? null,
    cosine: cosine?.data ?? null,
    cosineGrid: cosine === null ? null : { h: cosine.shape[0], w: cosine.shape[1] },
    sos: sos?.data ?? null,
  }
}
