import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { DeviceName } from '../../../main/contract/jobs.ts'
import type { Fork } from '../../../main/engine/engine.ts'
import { forkNode } from '../../../main/engine/fork-node.ts'
import type { DeviceProbe } from '../../../main/inference/probe-device.ts'
import { createPackDevices } from '../../../main/prelabel/pack-devices.ts'

const ENTRY = join(import.meta.dirname, '../../../main/pipeline/entry.ts')
const WORKS: DeviceProbe = { problem: null, milliseconds: 2, processorMilliseconds: 20 }

/** A machine where each device answers as told; 'dies' ends the process, 'hangs' says nothing. */
function machine(answers: Partial<Record<DeviceName, DeviceProbe | 'dies' | 'hangs'>>, platform: NodeJS.Platform = 'linux') {
  const asked: string[] = []
  const said: string[] = []
  const failedInWork: string[] = []
  const fork: Fork = (_, [argument]) => {
    const device = argument.replace('--probe=', '') as DeviceName
    asked.push(device)
    const answer = answers[device] ?? { problem: 'not here', milliseconds: null, processorMilliseconds: null }
    return {
      pid: 1, send: () => undefined, kill: () => undefined,
      onMessage: (listener) => { if (typeof answer === 'object') queueMicrotask(() => listener({ kind: 'probe', probe: answer })) },
      onExit: (listener) => { if (answer === 'dies') queueMicrotask(() => listener('SIGSEGV')) },
    }
  }
  const make = () => createPackDevices({ fork, entry: 'entry', say: (message, inWork) => {
    said.push(message)
    if (inWork) failedInWork.push(message)
  }, platform, timeoutMs: 50 })
  return { make, asked, said, failedInWork }
}

test('devices are tried one at a time, best first, the processor last; what was found is remembered', async () => {
  const { make, asked, said } = machine({ cuda: WORKS, webgpu: WORKS })
  expect(await make().order('auto')).toEqual(['cuda', 'webgpu', 'cpu'])
  expect(await make().order('auto')).toEqual(['cuda', 'webgpu', 'cpu'])
  expect([asked, said]).toEqual([['cuda', 'webgpu'], []])
  expect(await machine({ dml: WORKS }, 'win32').make().order('auto')).toEqual(['dml', 'cpu'])
  expect(await machine({ coreml: WORKS }, 'darwin').make().order('auto')).toEqual(['coreml', 'cpu'])
  expect(await machine({}, 'freebsd').make().order('auto')).toEqual(['cpu'])
  expect(await make().order('cpu')).toEqual(['cpu'])
})

test('a driver that ends its process, hangs, computes wrongly or is slower than the processor is left out, with the reason', async () => {
  const reasonOf = async (answer: DeviceProbe | 'dies' | 'hangs') => {
    const { make, said, failedInWork } = machine({ webgpu: answer })
    const devices = make()
    expect(await devices.order('auto')).toEqual(['cpu'])
    expect([said.length, failedInWork]).toEqual([2, []])
    return devices.notTaken().find(({ device }) => device === 'webgpu')?.reason
  }
  expect(await reasonOf('dies')).toBe('the process that tried it ended (SIGSEGV)')
  expect(await reasonOf('hangs')).toBe('no answer in 0.05 s')
  expect(await reasonOf({ problem: 'it computes something else', milliseconds: null, processorMilliseconds: null })).toBe('it computes something else')
  expect(await reasonOf({ problem: null, milliseconds: 400, processorMilliseconds: 20 })).toBe('it is slower than the processor (400 ms against 20 ms for a small product)')
})

test('a slow device is used where a person asks for it', async () => {
  const { make, said } = machine({ webgpu: { problem: null, milliseconds: 400, processorMilliseconds: 20 } })
  expect(await make().order('webgpu')).toEqual(['webgpu', 'cpu'])
  expect(said).toEqual([])
})

test('a device that failed or ended the process while a pack ran is not tried again', async () => {
  const { make, said, failedInWork } = machine({ cuda: WORKS, webgpu: WORKS })
  const devices = make()
  await devices.order('auto')
  devices.heard({ device: 'webgpu', notTaken: [{ device: 'cuda', reason: 'out of memory' }] })
  expect(await devices.order('auto')).toEqual(['webgpu', 'cpu'])
  devices.died('the pipeline process ended (SIGSEGV)')
  expect(await devices.order('auto')).toEqual(['cpu'])
  devices.died('again')
  expect(await devices.order('auto')).toEqual(['cpu'])
  expect(said).toEqual(['cuda is not used: out of memory', 'webgpu is not used: the pipeline process ended (SIGSEGV)'])
  expect(failedInWork).toEqual(said)
})

test('this machine’s own devices are probed in processes of their own, and each that is not used has its reason', async () => {
  const said: string[] = []
  const devices = createPackDevices({ fork: forkNode, entry: ENTRY, say: (message) => said.push(message) })
  const order = await devices.order('auto')
  expect(order.at(-1)).toBe('cpu')
  for (const { device, reason } of devices.notTaken()) {
    console.info(`${device}: ${reason}`)
    expect(reason.length).toBeGreaterThan(5)
    expect(order).not.toContain(device)
  }
}, 180_000)
