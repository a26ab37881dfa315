import { readFile } from 'node:fs/promises'
import { EngineError } from '../../contract/errors.ts'
import { decodeLabelPng, decodeRawLabels, NO_LABEL, type LabelMap } from '../../formats/label-png.ts'
import type { TruthCoding } from '../../evaluate/datasets/dataset.ts'

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new EngineError('not-found', `${path}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (error as Error).message}`)
  }
}

/** A label map in our own coding (value = place in the class list, 255 or 65535 = none). */
export const readLabels = async (path: string): Promise<LabelMap> => decodeLabelPng(await readBytes(path), path)

/** A truth map whose raw values a coding turns into places in the class list; what it does not know is unjudged. */
export async function readCodedTruth(path: string, coding: TruthCoding): Promise<LabelMap> {
  const { width, height, values } = decodeRawLabels(await readBytes(path), path)
  const table = new Uint16Array(65_536).fill(NO_LABEL)
  for (let value = 0; value < table.length; value++) table[value] = coding(value) ?? NO_LABEL
  return { width, height, labels: values.map((value) => table[value]) }
}

/** `id: name` → place in the class list by name; other ids are unjudged. Refused when no name is in the list. */
export function codingOf(ids: ReadonlyMap<number, string>, classes: readonly string[], path: string): TruthCoding {
  const places = new Map([...ids].map(([id, name]) => [id, classes.indexOf(name)] as const).filter(([, place]) => place >= 0))
  if (places.size === 0) throw new EngineError('bad-input', `${path}: none of its names is in the class list (${[...ids.values()].slice(0, 5).join(', ')}, … against ${classes.slice(0, 5).join(', ')}, …)`)
  return (value) => places.get(value) ?? null
}
