import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../main/contract/errors.ts'
import type { Checkpoint, StoredTensor } from './checkpoint.ts'
import { halfToFloat } from './safetensors.ts'

/** One tensor of a checkpoint as f32, whatever float it is stored in. O(elements). */
export async function readStoredFloats(checkpoint: Checkpoint, name: string, entry: StoredTensor): Promise<Float32Array> {
  const bytes = new Uint8Array(entry.length)
  const file = await open(join(checkpoint.folder, entry.location), 'r')
  try {
    const { bytesRead } = await file.read(bytes, 0, entry.length, entry.offset)
    if (bytesRead !== entry.length) throw new EngineError('bad-file', `${checkpoint.path}: tensor "${name}" ends early: ${bytesRead} of ${entry.length} bytes`)
  } finally {
    await file.close()
  }
  if (entry.dtype === 'F32') return new Float32Array(bytes.buffer)
  if (entry.dtype === 'F16') return halfToFloat(new Uint16Array(bytes.buffer))
  if (entry.dtype === 'BF16') return new Float32Array(Uint32Array.from(new Uint16Array(bytes.buffer), (high) => high << 16).buffer)
  throw new EngineError('bad-file', `${checkpoint.path}: tensor "${name}" is ${entry.dtype}; F32, F16 or BF16 is wanted`)
}
