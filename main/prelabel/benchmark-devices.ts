import { EngineError } from '../contract/errors.ts'
import type { DeviceChoice, DeviceName, PrecisionChoice } from '../contract/jobs.ts'
import type { NetworkTime, PackBenchmark } from '../contract/packs.ts'
import type { PackName } from '../contract/methods.ts'
import type { Fork } from '../engine/engine.ts'
import { openPack } from '../packs/open-pack.ts'
import { createPipeline } from '../pipeline/owner.ts'
import { createPackDevices } from './pack-devices.ts'

export interface DevicesBenchmarkOptions {
  readonly fork: Fork
  /** what the pipeline process runs, and with which arguments */
  readonly entry: string
  readonly args: readonly string[]
  readonly pack: PackName
  readonly device: DeviceChoice
  readonly precision: PrecisionChoice
  readonly signal?: AbortSignal
  /** `done` of `total` networks are timed; `device` null: devices are looked for */
  readonly onStep?: (at: { readonly device: DeviceName | null; readonly done: number; readonly total: number | null }) => void
}

/** Rejects when the signal is aborted; never resolves. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(new EngineError('cancelled', 'cancelled'))
    if (signal?.aborted === true) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}

/**
 * Times each network of a pack on each device that works, one at a time, in a process of its own: a device that ends it is
 * said, and the next is timed. Aborting ends the process.
 * @throws EngineError 'bad-input' for a pack without networks; 'not-found'; 'cancelled'; what fails on the processor
 */
export async function benchmarkDevices({ fork, entry, args, pack, device, precision, signal, onStep = () => undefined }: DevicesBenchmarkOptions): Promise<PackBenchmark> {
  const { manifest } = openPack(pack)
  const networks = (['scores', 'affinity'] as const).filter((network) => (network === 'scores' ? manifest.clip : manifest.diffusion) !== null)
  if (networks.length === 0) throw new EngineError('bad-input', `the pack ${pack} has no networks; name one that has`)
  const devices = createPackDevices({ fork, entry, say: () => undefined })
  onStep({ device: null, done: 0, total: null })
  // a probe may hang for a minute; who cancels does not wait for it
  const order = await Promise.race([devices.order(device), aborted(signal)])
  const pipeline = createPipeline({ fork, entry, args, onState: () => undefined, log: () => undefined })
  const stop = (): void => pipeline.cancel(() => true)
  signal?.addEventListener('abort', stop)
  const failed: { device: string; reason: string }[] = []
  const found: PackBenchmark['devices'] = []
  let threads = 1
  try {
    for (const [place, one] of order.entries()) {
      const times: { scores: NetworkTime | null; affinity: NetworkTime | null } = { scores: null, affinity: null }
      try {
        for (const [k, network] of networks.entries()) {
          signal?.throwIfAborted()
          onStep({ device: one, done: place * networks.length + k, total: order.length * networks.length })
          const answer = await pipeline.request('benchmark', { pack, devices: [one], precision, network })
          times[network] = answer.time
          threads = answer.threads
        }
        found.push({ device: one, ...times })
      } catch (error) {
        const deviceFailed = error instanceof EngineError && (error.code === 'unavailable' || error.code === 'pipeline-died')
        if (!deviceFailed || one === 'cpu') throw error
        failed.push({ device: one, reason: error.message })
      }
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    await pipeline.close()
  }
  return { threads, devices: found, notTaken: [...devices.notTaken(), ...failed] }
}
