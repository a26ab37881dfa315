import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readMapsFile } from '../../../main/inference/maps-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'maps-'))
let count = 0
function maps(tensors: Record<string, { shape: number[]; half?: boolean }>, metadata: Record<string, string> = { classes: '["sky","sea"]', grid: '[1, 2]' }): string {
  let end = 0
  const header: Record<string, unknown> = { __metadata__: metadata }
  for (const [name, { shape, half }] of Object.entries(tensors)) {
    const length = shape.reduce((a, b) => a * b, 1) * (half === true ? 2 : 4)
    header[name] = { dtype: half === true ? 'F16' : 'F32', shape, data_offsets: [end, end += length] }
  }
  const text = Buffer.from(JSON.stringify(header))
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(BigInt(text.length))
  const path = join(folder, `${count++}.safetensors`)
  writeFileSync(path, Buffer.concat([prefix, text, Buffer.alloc(end)]))
  return path
}

test('affinity as f16, scores and [SOS] come with their grid and classes', async () => {
  const read = await readMapsFile(maps({ affinity: { shape: [2, 2], half: true }, scores: { shape: [2, 2] }, sos: { shape: [2] } }))
  expect(read).toMatchObject({ classes: ['sky', 'sea'], grid: { h: 1, w: 2 }, cosine: null, cosineGrid: null })
  expect([read.affinity?.length, read.scores?.length, read.sos?.length]).toEqual([4, 4, 2])
})

test('cosine brings its own grid', async () => {
  expect(await readMapsFile(maps({ cosine: { shape: [3, 5, 2] } }))).toMatchObject({ cosineGrid: { h: 3, w: 5 }, affinity: null })
})

test.each([
  ['an affinity of the wrong size', () => maps({ affinity: { shape: [3, 3] } }), /tensor "affinity" has shape \[3, 3\]; with grid \[1, 2\] and 2 classes \[2, 2\] is wanted/],
  ['scores for another class count', () => maps({ scores: { shape: [2, 3] } }), /\[2, 2\] is wanted/],
  ['cosine for another class count', () => maps({ cosine: { shape: [3, 5, 4] } }), /\[any, any, 2\] is wanted/],
  ['no classes', () => maps({ scores: { shape: [2, 2] } }, { grid: '[1, 2]' }), /its metadata has no "classes"/],
  ['a grid that is no list', () => maps({ scores: { shape: [2, 2] } }, { classes: '["a","b"]', grid: '64' }), /metadata "grid" is 64; a JSON list \[h, w\] is wanted/],
  ['metadata that is no JSON', () => maps({ scores: { shape: [2, 2] } }, { classes: 'a,b', grid: '[1,2]' }), /metadata "classes" is not JSON: a,b/],
  ['nothing to segment', () => maps({ sos: { shape: [2] } }), /neither "affinity", "scores" nor "cosine"; it has sos/],
])('%s is refused with what would be right', async (_, make, message) => {
  await expect(readMapsFile(make())).rejects.toThrow(message)
})
