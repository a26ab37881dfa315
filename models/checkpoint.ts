import { readFile, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { EngineError } from '../main/contract/errors.ts'
import { readSafetensorsHeader, type TensorEntry } from './safetensors.ts'

export interface StoredTensor extends TensorEntry {
  /** file name inside the checkpoint's `folder`, as ONNX's external data wants it */
  readonly location: string
}

/** The weights of one network as they lie on disk: nothing but headers has been read. */
export interface Checkpoint {
  /** as the caller gave it; messages name it */
  readonly path: string
  /** the real folder that holds every file of it: ONNX Runtime's external data folder */
  readonly folder: string
  readonly tensors: ReadonlyMap<string, StoredTensor>
}

/** Names the hubs use for one network's weights, best first; `.index.json` beside them lists shards. */
const WEIGHT_FILES = [
  'model.safetensors', 'diffusion_pytorch_model.safetensors', 'open_clip_model.safetensors',
  'model.fp16.safetensors', 'diffusion_pytorch_model.fp16.safetensors',
] as const
const INDEX_FILES = WEIGHT_FILES.map((name) => `${name}.index.json`)
const PICKLES = /\.(bin|pt|pth|ckpt|pkl|pickle)$/i

/**
 * Opens a checkpoint: a .safetensors file, an index of shards (.index.json), or a folder that holds either under one of
 * the hubs' names. Links are followed, because the hub's cache is made of links and ONNX Runtime refuses them. O(headers).
 * @throws EngineError 'not-found' | 'bad-file' | 'no-permission' naming the file and the way out; a pickle is never opened
 */
export async function openCheckpoint(path: string): Promise<Checkpoint> {
  const { files } = await weightFiles(path)
  const real = await Promise.all(files.map(async (file) => {
    try {
      return await realpath(file)
    } catch {
      throw new EngineError('not-found', `${file}: no such file${files.length > 1 ? `; it is one of the ${files.length} shards of ${path}` : ''}`)
    }
  }))
  const folder = dirname(real[0])
  const elsewhere = real.find((file) => dirname(file) !== folder)
  if (elsewhere !== undefined) throw new EngineError('bad-file', `${path}: its shards lie in different folders (${folder} and ${dirname(elsewhere)}); put them into one`)
  const tensors = new Map<string, StoredTensor>()
  for (const file of new Set(real)) {
    const header = await readSafetensorsHeader(file)
    for (const [name, entry] of header.tensors) {
      if (tensors.has(name)) throw new EngineError('bad-file', `${path}: tensor "${name}" is in two shards, ${tensors.get(name)?.location} and ${basename(file)}`)
      tensors.set(name, { ...entry, location: basename(file) })
    }
  }
  return { path, folder, tensors }
}

/** Whether a file name is one of those that PyTorch's pickles have: they can run code when loaded, so nothing here opens them. */
export const isPickle = (name: string): boolean => PICKLES.test(name)

export interface WeightFiles {
  readonly files: readonly string[]
  /** the index that lists them as shards */
  readonly index: string | null
}

/**
 * The files that `openCheckpoint` would open for this path; links are not followed yet.
 * @throws EngineError 'not-found' | 'bad-file' | 'no-permission', as `openCheckpoint`
 */
export async function weightFiles(path: string): Promise<WeightFiles> {
  let found
  try {
    found = await stat(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new EngineError(code === 'EACCES' ? 'no-permission' : 'not-found', `${path}: ${code === 'EACCES' ? 'no permission to read it' : 'no such file or folder'}`)
  }
  if (found.isFile()) {
    if (isPickle(path)) throw pickle(path, basename(path))
    return path.endsWith('.index.json') ? shardsOf(path) : { files: [path], index: null }
  }
  const names = await readdir(path)
  const whole = WEIGHT_FILES.find((name) => names.includes(name))
  if (whole !== undefined) return { files: [join(path, whole)], index: null }
  const index = INDEX_FILES.find((name) => names.includes(name))
  if (index !== undefined) return shardsOf(join(path, index))
  const only = names.filter((name) => name.endsWith('.safetensors'))
  if (only.length === 1) return { files: [join(path, only[0])], index: null }
  const pickled = names.find(isPickle)
  if (pickled !== undefined) throw pickle(path, pickled)
  throw new EngineError('not-found', only.length === 0
    ? `${path}: no weights in it; wanted is ${WEIGHT_FILES.slice(0, 3).join(', ')} or an index of shards`
    : `${path}: ${only.length} .safetensors files (${only.slice(0, 4).join(', ')}) and no index that says which; name one of them`)
}

const pickle = (path: string, name: string): EngineError => new EngineError('bad-file', `${path}: its weights are in ${name}, a pickle, which can run code when loaded and is never opened here; get the .safetensors file of the same model`)

async function shardsOf(path: string): Promise<WeightFiles> {
  let map: unknown
  try {
    map = (JSON.parse(await readFile(path, 'utf8')) as { weight_map?: unknown } | null)?.weight_map
  } catch (error) {
    throw new EngineError('bad-file', `${path}: not an index of shards: ${(error as Error).message}`)
  }
  const names = typeof map === 'object' && map !== null ? [...new Set(Object.values(map))] : []
  const bad = names.find((name) => typeof name !== 'string' || name !== basename(name) || !name.endsWith('.safetensors'))
  if (names.length === 0 || bad !== undefined) {
    throw new EngineError('bad-file', `${path}: its weight_map ${names.length === 0 ? 'lists no files' : `names ${JSON.stringify(bad)}; .safetensors files beside the index are wanted`}`)
  }
  return { files: names.map((name) => join(dirname(resolve(path)), name as string)), index: path }
}

const list = (shape: readonly number[]): string => `[${shape.join(', ')}]`

/**
 * The entry of one tensor, its shape checked.
 * @throws EngineError 'bad-file' naming checkpoint, tensor, shape expected and shape found
 */
export function requireTensor(checkpoint: Checkpoint, name: string, shape: readonly number[]): StoredTensor {
  const entry = checkpoint.tensors.get(name)
  if (entry === undefined) {
    const last = name.split('.').slice(-2).join('.')
    const alike = [...checkpoint.tensors.keys()].find((key) => key.endsWith(last))
    throw new EngineError('bad-file', `${checkpoint.path}: it has no tensor "${name}" (${list(shape)} is wanted)${alike === undefined ? '; this is another architecture' : `; it does have "${alike}", so it may be cut short or of another architecture`}`)
  }
  if (entry.shape.length !== shape.length || entry.shape.some((side, i) => side !== shape[i])) {
    throw new EngineError('bad-file', `${checkpoint.path}: tensor "${name}" has shape ${list(entry.shape)}; by its config ${list(shape)} is wanted`)
  }
  return entry
}
