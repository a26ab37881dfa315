import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { Tensor } from 'onnxruntime-node'
import { int8Checkpoint } from '../../../main/inference/int8-cache.ts'
import { openNetwork } from '../../../main/inference/open-network.ts'
import { openCheckpoint } from '../../../models/checkpoint.ts'
import { clipTextConfig, readClipConfig } from '../../../models/clip-config.ts'
import { clipTextNetwork } from '../../../models/clip-text.ts'
import { clipVisionNetwork } from '../../../models/clip-vision.ts'
import { readConfig } from '../../../models/config.ts'
import { timeEmbedding } from '../../../models/diffusion-schedule.ts'
import type { Network } from '../../../models/graph-builder.ts'
import { latentEncoder } from '../../../models/latent-encoder.ts'
import { halfToFloat, readFloatTensor, readSafetensorsHeader } from '../../../models/safetensors.ts'
import { unetNetwork } from '../../../models/stable-diffusion-unet.ts'
import { unetConfig } from '../../../models/unet-config.ts'

/** What one network took, in a process of its own. */
export interface NetworkFigures {
  /** with quantising, where it is int8 and not kept yet */
  readonly buildSeconds: number
  readonly openSeconds: number
  readonly runSeconds: number
  readonly parameters: number
  /** max |ours − PyTorch's| / max |PyTorch's|; null where there is nothing to compare with */
  readonly error: number | null
}
export const NETWORKS = ['gem', 'gem-int8', 'clip-text', 'text-encoder', 'vae', 'taesd', 'unet', 'unet-f16', 'unet-prediction', 'unet-sharp', 'unet-sharp-chain'] as const
export type NetworkName = (typeof NETWORKS)[number]

const FOLDERS: Readonly<Record<NetworkName, string>> = {
  gem: 'open-clip', 'gem-int8': 'open-clip', 'clip-text': 'open-clip', 'text-encoder': 'text_encoder', vae: 'vae', taesd: 'taesd', unet: 'unet', 'unet-f16': 'unet', 'unet-prediction': 'unet', 'unet-sharp': 'unet', 'unet-sharp-chain': 'unet',
}

interface Task {
  readonly network: Network
  readonly feeds: Readonly<Record<string, Tensor>>
  readonly output: string
  readonly expected: string | null
}

async function expectedOf(folder: string) {
  const header = await readSafetensorsHeader(join(folder, 'expected.safetensors'))
  return async (name: string): Promise<Tensor> => {
    const { data, shape } = await readFloatTensor(header, name, header.tensors.get(name)?.shape.length ?? 0)
    return new Tensor('float32', data, shape)
  }
}
const whole = (tensor: Tensor): Tensor => new Tensor('int64', BigInt64Array.from(tensor.data as Float32Array, (value) => BigInt(value)), tensor.dims)

async function taskOf(root: string, name: NetworkName): Promise<Task> {
  if (name === 'gem' || name === 'gem-int8' || name === 'clip-text') {
    const folder = join(root, 'open-clip')
    const read = await expectedOf(folder)
    const config = await readClipConfig(folder)
    const float = await openCheckpoint(folder)
    const checkpoint = name === 'gem-int8' ? await int8Checkpoint(float, config, join(root, 'int8'), 'open-clip') : float
    if (name !== 'clip-text') {
      return { network: await clipVisionNetwork(checkpoint, config.vision, config.embedding, { size: { h: 448, w: 448 }, variant: 'gem' }), feeds: { pixels: await read('pixels') }, output: 'features', expected: 'features' }
    }
    const tokens = whole(await read('tokens'))
    const ends = new Tensor('int64', new BigInt64Array(tokens.dims[0]).fill(BigInt(tokens.dims[1] - 1)), [tokens.dims[0]])
    return { network: clipTextNetwork(checkpoint, config.text, { output: { kind: 'embedding', size: config.embedding } }), feeds: { tokens, ends }, output: 'embeddings', expected: 'text' }
  }
  const folder = join(root, FOLDERS[name])
  const read = await expectedOf(folder)
  // the same numbers, as the published packs store them
  const checkpoint = await openCheckpoint(name === 'unet-f16' ? join(root, 'pack/diffusion/unet') : folder)
  if (name === 'vae' || name === 'taesd') return { network: latentEncoder(await readConfig(folder)).network(checkpoint, { size: { h: 512, w: 512 } }), feeds: { pixels: await read('pixels') }, output: 'latents', expected: 'latents' }
  if (name === 'text-encoder') return { network: clipTextNetwork(checkpoint, clipTextConfig(await readConfig(folder)), { output: { kind: 'hidden' } }), feeds: { tokens: whole(await read('tokens')) }, output: 'hidden', expected: 'hidden' }
  const config = unetConfig(await readConfig(folder))
  const output = name === 'unet' || name === 'unet-f16' ? 'affinity' : name === 'unet-prediction' ? 'prediction' : 'sharp'
  const outputs = output === 'affinity' ? { affinity: 'report' } as const : name === 'unet-prediction' ? { prediction: true } as const : { sharp: name === 'unet-sharp' ? 'per-head' : 'chain' } as const
  return {
    network: unetNetwork(checkpoint, config, { grid: { h: 64, w: 64 }, outputs }),
    feeds: { sample: await read('sample'), context: await read('context'), time: new Tensor('float32', timeEmbedding(config, 100), [1, config.channels[0]]) },
    output, expected: output === 'sharp' ? null : output,
  }
}

const seconds = (from: number): number => (performance.now() - from) / 1000

async function measure(root: string, name: NetworkName, threads: number): Promise<NetworkFigures> {
  let from = performance.now()
  const task = await taskOf(root, name)
  const buildSeconds = seconds(from)
  from = performance.now()
  const opened = await openNetwork(task.network, { threads, leanMemory: name.startsWith('unet') })
  const openSeconds = seconds(from)
  let runSeconds = Infinity
  let found: Tensor | undefined
  for (let i = 0; i < 2; i++) {
    from = performance.now()
    found = (await opened.run(task.feeds))[task.output]
    runSeconds = Math.min(runSeconds, seconds(from))
  }
  await opened.close()
  return { buildSeconds, openSeconds, runSeconds, parameters: task.network.parameters, error: found === undefined || task.expected === null ? null : await compare(root, name, found, task.expected) }
}

async function compare(root: string, name: NetworkName, found: Tensor, key: string): Promise<number> {
  const expected = (await (await expectedOf(join(root, FOLDERS[name])))(key)).data as Float32Array
  const raw = found.data as Float32Array | Uint16Array
  const ours = found.type === 'float16' ? halfToFloat(new Uint16Array(raw.buffer, raw.byteOffset, found.size)) : raw as Float32Array
  if (ours.length !== expected.length) throw new Error(`${ours.length} values, ${expected.length} are expected`)
  let worst = 0
  let largest = 0
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(ours[i] - expected[i])
    if (!(difference <= worst)) worst = difference
    largest = Math.max(largest, Math.abs(expected[i]))
  }
  return worst / largest
}

/** PyTorch's figures of the last run of test/reference/full_size.py. */
export function referenceTimes(root: string): Readonly<Record<string, number>> {
  return JSON.parse(readFileSync(join(root, 'times.json'), 'utf8')) as Record<string, number>
}

if (process.send !== undefined) {
  const [root, name, threads] = process.argv.slice(2)
  process.send(await measure(root, name as NetworkName, Number(threads)))
  process.disconnect()
}
