import type { DeviceChoice, DeviceName } from '../contract/jobs.ts'
import type { Fork } from '../engine/engine.ts'
import type { DeviceProbe } from '../inference/probe-device.ts'
import { probeArguments } from '../pipeline/arguments.ts'
import type { FromPipeline, PipelineAnswers } from '../pipeline/messages.ts'

/** A device that is not used, and why. */
export interface NotTaken {
  readonly device: string
  readonly reason: string
}

/** Which devices a pack's networks are to try on this machine, in order; the processor is always the last. */
export interface PackDevices {
  /** Each device is probed once, in a process of its own. */
  order(choice: DeviceChoice): Promise<readonly DeviceName[]>
  /** what the pipeline answered: the device it took, and those that failed */
  heard(answer: Pick<PipelineAnswers['propose'], 'device' | 'notTaken'>): void
  /** the process ended while a pack ran: its device is not tried again */
  died(reason: string): void
  /** every device that was tried or probed in vain */
  notTaken(): readonly NotTaken[]
}

export interface PackDevicesOptions {
  readonly fork: Fork
  /** what the pipeline process runs */
  readonly entry: string
  /** a device is not used: said once for each. @param inWork  it had been taken, and failed then; false: a probe left it out, as it does on any machine without such a device */
  readonly say: (message: string, inWork: boolean) => void
  /** default: this machine's */
  readonly platform?: NodeJS.Platform
  /** a probe that takes longer is taken for hung; default 60 s */
  readonly timeoutMs?: number
}

/** Best first; ONNX Runtime's own builds have these (INFERENCE.md). */
const OF_PLATFORM: Partial<Record<NodeJS.Platform, readonly DeviceName[]>> = {
  linux: ['cuda', 'webgpu'],
  win32: ['cuda', 'dml', 'webgpu'],
  darwin: ['coreml', 'webgpu'],
}

/** What probes found, for as long as the program runs: drivers do not change meanwhile. */
const probed = new WeakMap<Fork, Map<string, Promise<DeviceProbe>>>()

export function createPackDevices({ fork, entry, say, platform = process.platform, timeoutMs = 60_000 }: PackDevicesOptions): PackDevices {
  const failed = new Map<string, string>()
  const known = probed.get(fork) ?? new Map<string, Promise<DeviceProbe>>()
  probed.set(fork, known)
  let inUse: DeviceName | undefined

  function probe(device: DeviceName): Promise<DeviceProbe> {
    const key = `${entry} ${device}`
    const made = known.get(key) ?? new Promise<DeviceProbe>((resolve) => {
      const child = fork(entry, probeArguments(device))
      const end = (result: DeviceProbe): void => {
        clearTimeout(timer)
        child.kill()
        resolve(result)
      }
      const without = (problem: string): DeviceProbe => ({ problem, milliseconds: null, processorMilliseconds: null })
      const timer = setTimeout(() => end(without(`no answer in ${timeoutMs / 1000} s`)), timeoutMs)
      child.onMessage((message) => { if ((message as FromPipeline).kind === 'probe') end((message as FromPipeline & { kind: 'probe' }).probe) })
      child.onExit((reason) => end(without(`the process that tried it ended (${reason})`)))
    })
    known.set(key, made)
    return made
  }

  function leaveOut(device: string, reason: string, inWork: boolean): void {
    if (failed.has(device)) return
    failed.set(device, reason)
    say(`${device} is not used: ${reason}`, inWork)
  }

  return {
    async order(choice) {
      const candidates = choice === 'auto' ? OF_PLATFORM[platform] ?? [] : choice === 'cpu' ? [] : [choice]
      const working: DeviceName[] = []
      for (const device of candidates) {
        if (failed.has(device)) continue
        const { problem, milliseconds, processorMilliseconds } = await probe(device)
        if (problem !== null) leaveOut(device, problem, false)
        // a software driver computes rightly, and twenty times slower
        else if (choice === 'auto' && (milliseconds ?? 0) > (processorMilliseconds ?? 0)) leaveOut(device, `it is slower than the processor (${Math.round(milliseconds ?? 0)} ms against ${Math.round(processorMilliseconds ?? 0)} ms for a small product)`, false)
        else working.push(device)
      }
      const order = [...working, 'cpu' as const]
      inUse = order[0]
      return order
    },
    heard({ device, notTaken = [] }) {
      for (const one of notTaken) leaveOut(one.device, one.reason, true)
      inUse = device as DeviceName
    },
    died(reason) {
      if (inUse !== undefined && inUse !== 'cpu') leaveOut(inUse, reason, true)
    },
    notTaken: () => [...failed].map(([device, reason]) => ({ device, reason })),
  }
}
