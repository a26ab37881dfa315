import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Tensor } from 'onnxruntime-node'
import { afterAll, expect, test } from 'vitest'
import { openNetwork } from '../../../main/inference/open-network.ts'
import { openCheckpoint, requireTensor } from '../../../models/checkpoint.ts'
import { GraphBuilder } from '../../../models/graph-builder.ts'
import { findNotFinite } from '../../../models/weight-check.ts'

const root = mkdtempSync(join(tmpdir(), 'maskwright-checkpoint-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let count = 0
const folder = (): string => {
  const path = join(root, String(count++))
  mkdirSync(path)
  return path
}
type Stored = { readonly dtype: 'F32' | 'F16' | 'BF16' | 'I64'; readonly shape: readonly number[]; readonly data: Float32Array | Uint16Array | BigInt64Array }
const f32 = (shape: readonly number[], ...values: number[]): Stored => ({ dtype: 'F32', shape, data: Float32Array.from(values) })

function write(path: string, tensors: Readonly<Record<string, Stored>>): void {
  let at = 0
  const header = JSON.stringify(Object.fromEntries(Object.entries(tensors).map(([name, { dtype, shape, data }]) => [name, { dtype, shape, data_offsets: [at, at += data.byteLength] }])))
  const prefix = Buffer.alloc(8)
  prefix.writeBigUInt64LE(BigInt(header.length))
  writeFileSync(path, Buffer.concat([prefix, Buffer.from(header), ...Object.values(tensors).map(({ data }) => new Uint8Array(data.buffer))]))
}

/** y = x · Wᵀ + b of a checkpoint with `w` [2, 3] and `b` [2]. */
async function linear(path: string): Promise<number[]> {
  const builder = new GraphBuilder('linear', await openCheckpoint(path))
  const x = builder.input('x', 'float32', [1, 3])
  builder.output('y', builder.linear(x, builder.weight('w', [2, 3]), builder.weight('b', [2])), 'float32', [1, 2])
  const network = await openNetwork(builder.finish(), { threads: 1 })
  const { y } = await network.run({ x: new Tensor('float32', Float32Array.of(1, 10, 100), [1, 3]) })
  await network.close()
  return [...(y.data as Float32Array)]
}
const W = f32([2, 3], 1, 2, 3, 4, 5, 6)
const B = f32([2], 0.5, -0.5)
const ANSWER = [321.5, 653.5]

test('weights are used where they lie: one file, a folder by the hubs\' names, two shards with an index', async () => {
  const one = folder()
  write(join(one, 'anything.safetensors'), { w: W, b: B })
  expect(await linear(join(one, 'anything.safetensors'))).toEqual(ANSWER)
  expect(await linear(one)).toEqual(ANSWER)
  const two = folder()
  write(join(two, 'model-00001-of-00002.safetensors'), { w: W })
  write(join(two, 'model-00002-of-00002.safetensors'), { b: B })
  writeFileSync(join(two, 'model.safetensors.index.json'), JSON.stringify({ weight_map: { w: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' } }))
  expect(await linear(two)).toEqual(ANSWER)
})

test('a folder of links, as the hub\'s cache has it, is followed', async () => {
  const blobs = folder()
  write(join(blobs, 'abc123'), { w: W })
  write(join(blobs, 'def456'), { b: B })
  const snapshot = folder()
  symlinkSync(join(blobs, 'abc123'), join(snapshot, 'model-1.safetensors'))
  symlinkSync(join(blobs, 'def456'), join(snapshot, 'model-2.safetensors'))
  writeFileSync(join(snapshot, 'model.safetensors.index.json'), JSON.stringify({ weight_map: { w: 'model-1.safetensors', b: 'model-2.safetensors' } }))
  expect(await linear(snapshot)).toEqual(ANSWER)
})

test('weights at any byte are used where they lie: the format does not align them', async () => {
  const path = folder()
  for (const pad of [0, 1, 2, 3]) {
    write(join(path, 'model.safetensors'), { ['w'.repeat(pad + 5)]: f32([1], 0), w: W, b: B })
    const { tensors } = await openCheckpoint(path)
    expect(new Set([...tensors.values()].map(({ offset }) => offset % 4)).size).toBe(1)
    expect(await linear(path)).toEqual(ANSWER)
  }
})

test('half-precision weights are cast when they are used', async () => {
  const half = folder()
  write(join(half, 'model.safetensors'), {
    w: { dtype: 'F16', shape: [2, 3], data: Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600) },
    b: { dtype: 'BF16', shape: [2], data: Uint16Array.of(0x3f00, 0xbf00) },
  })
  expect(await linear(half)).toEqual(ANSWER)
})

test('a missing and a misshapen tensor are named with what is wanted and what was found', async () => {
  const path = folder()
  write(join(path, 'model.safetensors'), { w: W, b: B })
  const checkpoint = await openCheckpoint(path)
  expect(() => requireTensor(checkpoint, 'text.w2', [2, 3])).toThrow(`${path}: it has no tensor "text.w2" ([2, 3] is wanted); this is another architecture`)
  expect(() => requireTensor(checkpoint, 'w', [3, 2])).toThrow('tensor "w" has shape [2, 3]; by its config [3, 2] is wanted')
  const integers = folder()
  write(join(integers, 'model.safetensors'), { w: { dtype: 'I64', shape: [2, 3], data: new BigInt64Array(6) }, b: B })
  await expect(linear(integers)).rejects.toThrow('tensor "w" is I64; F32, F16 or BF16 is wanted')
})

test('bad checkpoints are refused with their reason', async () => {
  const empty = folder()
  await expect(openCheckpoint(empty)).rejects.toThrow(/no weights in it; wanted is model\.safetensors/)
  await expect(openCheckpoint(join(empty, 'nowhere'))).rejects.toMatchObject({ code: 'not-found' })
  const pickled = folder()
  writeFileSync(join(pickled, 'pytorch_model.bin'), 'x')
  await expect(openCheckpoint(pickled)).rejects.toThrow(/pytorch_model\.bin, a pickle.*never opened here; get the \.safetensors/)
  const two = folder()
  write(join(two, 'a.safetensors'), { w: W })
  write(join(two, 'b.safetensors'), { b: B })
  await expect(openCheckpoint(two)).rejects.toThrow(/2 \.safetensors files \(a\.safetensors, b\.safetensors\) and no index/)
  const lost = folder()
  write(join(lost, 'a.safetensors'), { w: W })
  const index = join(lost, 'model.safetensors.index.json')
  writeFileSync(index, JSON.stringify({ weight_map: { w: 'a.safetensors', b: 'gone.safetensors' } }))
  await expect(openCheckpoint(lost)).rejects.toThrow(/gone\.safetensors: no such file; it is one of the 2 shards/)
  writeFileSync(index, JSON.stringify({ weight_map: { w: '../a.safetensors' } }))
  await expect(openCheckpoint(lost)).rejects.toThrow(/weight_map names "\.\.\/a\.safetensors"/)
  copyFileSync(join(lost, 'a.safetensors'), join(lost, 'b.safetensors'))
  writeFileSync(index, JSON.stringify({ weight_map: { w: 'a.safetensors', b: 'b.safetensors' } }))
  await expect(openCheckpoint(lost)).rejects.toThrow('tensor "w" is in two shards, a.safetensors and b.safetensors')
})

test('weights that are not finite are found in every float type', async () => {
  const path = folder()
  write(join(path, 'model.safetensors'), { w: W, b: B })
  expect(await findNotFinite(await openCheckpoint(path))).toBe(null)
  write(join(path, 'model.safetensors'), { w: W, bad: f32([2], 1, Number.NaN), worse: f32([1], Infinity) })
  expect(await findNotFinite(await openCheckpoint(path))).toEqual({ tensor: 'bad', index: 1 })
  write(join(path, 'model.safetensors'), { h: { dtype: 'F16', shape: [2], data: Uint16Array.of(0x7bff, 0xfc00) } })
  expect(await findNotFinite(await openCheckpoint(path))).toEqual({ tensor: 'h', index: 1 })
  write(join(path, 'model.safetensors'), { h: { dtype: 'BF16', shape: [2], data: Uint16Array.of(0x7f7f, 0x7fc0) } })
  expect(await findNotFinite(await openCheckpoint(path))).toEqual({ tensor: 'h', index: 1 })
})
