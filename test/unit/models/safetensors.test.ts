import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { halfToFloat, readFloatTensor, readSafetensorsHeader } from '../../../models/safetensors.ts'

const folder = mkdtempSync(join(tmpdir(), 'safetensors-'))
let count = 0
const file = (header: unknown, data: Uint8Array, { text = JSON.stringify(header), length = Buffer.byteLength(text) }: { text?: string; length?: number } = {}): string => {
  const path = join(folder, `${count++}.safetensors`)
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(BigInt(length))
  writeFileSync(path, Buffer.concat([prefix, Buffer.from(text), data]))
  return path
}
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer)

test('reads F32 and F16 tensors and metadata', async () => {
  const path = file(
    { __metadata__: { classes: '["a"]' }, a: { dtype: 'F32', shape: [2, 1], data_offsets: [0, 8] }, b: { dtype: 'F16', shape: [3], data_offsets: [8, 14] } },
    Buffer.concat([floats(1.5, -2), new Uint8Array(Uint16Array.of(0x3c00, 0x0001, 0xfbff).buffer)]),
  )
  const header = await readSafetensorsHeader(path)
  expect(header.metadata).toEqual({ classes: '["a"]' })
  expect(await readFloatTensor(header, 'a', 2)).toEqual({ data: Float32Array.of(1.5, -2), shape: [2, 1] })
  expect((await readFloatTensor(header, 'b', 1)).data).toEqual(Float32Array.of(1, 2 ** -24, -65_504))
})

test('half precision: zeros keep their sign, infinities and NaN are what they are', () => {
  expect([...halfToFloat(Uint16Array.of(0x0000, 0x8000, 0x7c00, 0xfc00, 0x7e00, 0x3555))]).toEqual([0, -0, Infinity, -Infinity, Number.NaN, 0.333251953125])
})

const one = (extra: object) => ({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...extra } })
test.each([
  ['a truncated file', () => file(one({ shape: [2], data_offsets: [0, 8] }), floats(1)), /truncated: tensor "a" ends at byte/],
  ['a header longer than the file', () => file(one({}), floats(1), { length: 5000 }), /truncated: the header alone takes 5008 bytes/],
  ['a header length beyond all bounds', () => file(one({}), floats(1), { length: 2 ** 40 }), /at most 100000000 are allowed/],
  ['a header that is no JSON', () => file(null, floats(1), { text: '{"a": ' }), /its header is not JSON/],
  ['a header that is a list', () => file([], floats()), /not a JSON object/],
  ['an unknown dtype', () => file(one({ dtype: 'Q4' }), floats(1)), /tensor "a" has dtype "Q4"; known are/],
  ['a shape that is no list of whole numbers', () => file(one({ shape: [-1] }), floats(1)), /shape \[-1\]/],
  ['offsets that contradict the shape', () => file(one({ shape: [3] }), floats(1)), /takes 12 bytes, its data_offsets span 4/],
  ['a shape whose product overflows', () => file(one({ shape: [2 ** 40, 2 ** 40] }), floats(1)), /its data_offsets span 4/],
  ['overlapping tensors', () => file({ ...one({}), b: { dtype: 'F32', shape: [1], data_offsets: [2, 6] } }, floats(1, 2)), /tensor "b" overlaps the one before it/],
  ['a gap between tensors', () => file({ ...one({}), b: { dtype: 'F32', shape: [1], data_offsets: [8, 12] } }, floats(1, 2, 3)), /4 unused bytes before tensor "b"/],
  ['bytes after the last tensor', () => file(one({}), floats(1, 2)), /the tensors end at byte/],
  ['a tensor listed twice', () => file(null, floats(1), { text: '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}' }), /tensor "a" is listed twice/],
  ['metadata that is no strings', () => file({ __metadata__: { a: 1 } }, floats()), /__metadata__ must map names to strings/],
  ['an empty file', () => { const path = join(folder, 'empty'); writeFileSync(path, ''); return path }, /0 bytes/],
  ['a zip archive of PyTorch', () => { const path = join(folder, 'model.pt'); writeFileSync(path, Buffer.from('PK\u0003\u0004 data data')); return path }, /PyTorch archive.*never opened here; get the \.safetensors/],
  ['a pickle', () => { const path = join(folder, 'model.ckpt'); writeFileSync(path, Buffer.from([0x80, 2, 0x63, 1, 2, 3, 4, 5, 6])); return path }, /this is a pickle/],
])('%s is refused with its reason', async (_, make, message) => {
  const path = make()
  await expect(readSafetensorsHeader(path)).rejects.toThrow(message)
  await expect(readSafetensorsHeader(path)).rejects.toMatchObject({ code: 'bad-file' })
})

test('a missing file, a missing tensor and a wrong rank are named', async () => {
  await expect(readSafetensorsHeader(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'not-found' })
  const header = await readSafetensorsHeader(file(one({}), floats(1)))
  await expect(readFloatTensor(header, 'b', 1)).rejects.toThrow('it has no tensor "b"; it has a')
  await expect(readFloatTensor(header, 'a', 2)).rejects.toThrow('tensor "a" has shape [1], 2 dimensions are wanted')
})
