import { closeSync, openSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { EngineError } from '../contract/errors.ts'
import { openMapsCache } from '../inference/maps-cache.ts'
import { createOnnxProducts } from '../inference/onnx-products.ts'
import { probeDevice } from '../inference/probe-device.ts'
import { checkPackRequest, openPack } from '../packs/open-pack.ts'
import { probedDevice, readArguments } from './arguments.ts'
import { timeNetwork } from './benchmark-pack.ts'
import { proposeWithPack, teachWithPack } from './checkpoint-pack.ts'
import { createClassicClicks } from './classic-clicks.ts'
import { proposeClassic, teachClassic } from './classic-pack.ts'
import { createKeptSteps } from './kept-steps.ts'
import { createOpenPacks } from './open-packs.ts'
import { createSnapping } from './snap-to-edges.ts'
import type { FromPipeline, PipelineAnswers, RequestKind, ToPipeline } from './messages.ts'

/** Electron's utilityProcess has a port instead of process.send; only what is used of it. */
interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (event: { data: unknown }) => void): void
}

const port = (process as unknown as { parentPort?: ParentPort }).parentPort
const send = (message: FromPipeline): void => {
  if (port !== undefined) port.postMessage(message)
  else process.send?.(message)
}
const memoryBytes = (): number => process.memoryUsage().rss

const { threads, cacheFolder, cacheBytes, int8Folder } = readArguments(process.argv.slice(2), availableParallelism())
const products = createOnnxProducts(threads)
const click = createClassicClicks(products)
const keptSteps = createKeptSteps()
const packs = createOpenPacks({ threads, products, cache: openMapsCache(cacheFolder, cacheBytes), int8Folder })
const snap = createSnapping()

async function answer(request: ToPipeline): Promise<PipelineAnswers[RequestKind]> {
  if (request.kind === 'click') return click(request.input)
  if (request.kind === 'snap') return snap(request.input)
  const pack = openPack(request.input.pack)
  if (request.kind === 'benchmark') {
    const { devices = ['cpu'], precision = 'auto', network } = request.input
    return { time: await timeNetwork(pack, network, { devices, precision, int8Folder, threads, products }), threads }
  }
  if (request.kind === 'propose') checkPackRequest(pack, request.input.method, request.input.settings)
  const kept = request.kind === 'propose' ? await keptSteps(request.input.path, request.input.keep === true) : undefined
  if (pack.folder === null) {
    if (request.kind === 'texts') throw new EngineError('bad-input', `the pack ${request.input.pack} knows no names`)
    return request.kind === 'teach' ? teachClassic(request.input) : proposeClassic(request.input, products, kept)
  }
  const runner = await packs.runner(pack, request.input.devices ?? ['cpu'], request.input.precision ?? 'auto')
  if (request.kind === 'texts') return runner.hasText ? runner.texts.of(request.input.classes, request.input.ensemble) : { values: new Float32Array(0), size: 0, classOf: [] }
  return request.kind === 'propose' ? proposeWithPack(request.input, runner, kept) : teachWithPack(request.input, runner)
}

async function serve(request: ToPipeline): Promise<void> {
  try {
    send({ kind: 'answer', id: request.id, memoryBytes: memoryBytes(), ok: true, value: await answer(request) })
  } catch (error) {
    const known = error instanceof EngineError
    if (!known) process.stderr.write(`pipeline: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    send({
      kind: 'answer', id: request.id, memoryBytes: memoryBytes(), ok: false,
      code: known ? error.code : 'internal',
      message: error instanceof Error ? error.message : String(error),
    })
  }
}

/** Drivers write to standard error what the answer says anyway. */
function muteErrors(): void {
  if (process.platform === 'win32') return
  closeSync(2)
  openSync('/dev/null', 'w')
}

const device = probedDevice(process.argv.slice(2))
// the engine is gone, however it ended: nobody wants the answer any more
if (port === undefined) process.on('disconnect', () => process.exit(0))
if (device === null) {
  if (port !== undefined) port.on('message', ({ data }) => void serve(data as ToPipeline))
  else process.on('message', (message) => void serve(message as ToPipeline))
  send({ kind: 'ready', device: 'cpu', memoryBytes: memoryBytes() })
} else {
  muteErrors()
  send({ kind: 'probe', probe: await probeDevice(device, threads) })
}
