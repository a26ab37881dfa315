import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ProjectFile } from '../project/project-file.ts'

/**
 * Writes what was learnt as JSON: `classes` (id → name) and `masks`, each with its pack, what made the vector (packs/checkpoint-key.ts;
 * null: not known), class, whether it speaks for the class, image, annotation, and its vector as base64 of little-endian f32.
 * @returns masks written. @throws Node's errors of writing. O(masks)
 */
export async function writeMemory(file: ProjectFile, path: string): Promise<number> {
  let written = 0
  const packs = file.memory.packs()
  function* lines(): Generator<string> {
    yield `{"format":"maskwright-memory","version":1,"project":${JSON.stringify(file.name)},\n"classes":${JSON.stringify(Object.fromEntries(file.classes.list().map(({ id, name }) => [id, name])))},\n"masks":[`
    for (const pack of packs) {
      for (const { annotationId, imageId, classId, positive, checkpoints, vector } of file.memory.all(pack)) {
        const image = file.images.row(imageId)?.path ?? null
        yield `${written++ === 0 ? '' : ','}\n${JSON.stringify({ pack, checkpoints, classId, positive, image, annotationId, vector: Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64') })}`
      }
    }
    yield '\n]}\n'
  }
  await pipeline(Readable.from(lines()), createWriteStream(path))
  return written
}
