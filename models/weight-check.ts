import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Checkpoint } from './checkpoint.ts'

/** Exponent bits: all of them set means infinity or NaN. */
const EXPONENT = { F32: 0x7f800000, F16: 0x7c00, BF16: 0x7f80 } as const
const CHUNK_BYTES = 8 * 2 ** 20

/**
 * The first weight that is infinite or NaN, or null: a network with one gives NaN maps, which is found here instead of in every
 * photo. Reads all weights, so it is for installing and for doubt, not for every start. O(bytes), 8 MiB at a time.
 * @param onBytes after each piece read, with its length; what it throws ends the search
 */
export async function findNotFinite(checkpoint: Checkpoint, onBytes: (bytes: number) => void = () => undefined): Promise<{ readonly tensor: string; readonly index: number } | null> {
  const largest = [...checkpoint.tensors.values()].reduce((most, { length }) => Math.max(most, length), 0)
  const buffer = new ArrayBuffer(Math.min(CHUNK_BYTES, largest))
  for (const [tensor, entry] of checkpoint.tensors) {
    const { dtype } = entry
    if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16') continue
    const mask = EXPONENT[dtype]
    const elementBytes = dtype === 'F32' ? 4 : 2
    const file = await open(join(checkpoint.folder, entry.location), 'r')
    try {
      for (let done = 0; done < entry.length; done += CHUNK_BYTES) {
        const { bytesRead } = await file.read(new Uint8Array(buffer), 0, Math.min(CHUNK_BYTES, entry.length - done), entry.offset + done)
        const values = elementBytes === 4 ? new Uint32Array(buffer, 0, bytesRead >> 2) : new Uint16Array(buffer, 0, bytesRead >> 1)
        for (let i = 0; i < values.length; i++) if ((values[i] & mask) === mask) return { tensor, index: done / elementBytes + i }
        onBytes(bytesRead)
      }
    } finally {
      await file.close()
    }
  }
  return null
}
