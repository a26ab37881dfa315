import { env, InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node'
import type { DeviceName } from '../contract/jobs.ts'
import { modelBytes } from '../../models/onnx-graph.ts'

/** Side of the matrices that are multiplied: large enough for a device to show what it is worth. */
const SIDE = 768
const RUNS = 3
/** Largest |device − processor| of a softmax that is taken for the same. */
const TOLERANCE = 1e-2

export interface DeviceProbe {
  /** null: it works, and computes what the processor computes */
  readonly problem: string | null
  /** of one product of 768 × 768 matrices and a softmax, best of three; null when it does not work */
  readonly milliseconds: number | null
  readonly processorMilliseconds: number | null
}

/** What a driver says when it is asked for nothing; longer texts are cut. */
const REASON_MAX = 300

/**
 * Runs a small network on a device and on the processor. Belongs into a process of its own: a bad driver ends it.
 * Never throws: what failed is the problem.
 */
export async function probeDevice(device: DeviceName, threads: number): Promise<DeviceProbe> {
  // what failed is told, once, in a sentence: not where in ONNX Runtime's sources
  env.logLevel = 'fatal'
  const none = (problem: string): DeviceProbe => ({ problem: problem.split('\n')[0].replace(/^\S+\.cc:\d+ .* was false\. /, '').slice(0, REASON_MAX), milliseconds: null, processorMilliseconds: null })
  const supported = listSupportedBackends().map(({ name }) => name)
  if (device !== 'cpu' && !supported.includes(device)) return none(`this build of ONNX Runtime has no ${device} (it has ${supported.join(', ')})`)
  try {
    const expected = await timed('cpu', threads)
    const found = device === 'cpu' ? expected : await timed(device, threads)
    let worst = 0
    found.values.forEach((value, i) => {
      const difference = Math.abs(value - expected.values[i])
      // NaN must not pass for small
      if (!(difference <= worst)) worst = difference
    })
    if (!(worst <= TOLERANCE)) return none(`it computes something else than the processor: a share differs by ${worst}`)
    return { problem: null, milliseconds: found.milliseconds, processorMilliseconds: expected.milliseconds }
  } catch (error) {
    return none(error instanceof Error ? error.message : String(error))
  }
}

async function timed(device: DeviceName, threads: number): Promise<{ values: Float32Array; milliseconds: number }> {
  const session = await InferenceSession.create(modelBytes({
    name: 'probe',
    inputs: [{ name: 'a', type: 'float32', shape: [SIDE, SIDE] }],
    outputs: [{ name: 'p', type: 'float32', shape: [SIDE, SIDE] }],
    nodes: [
      { op: 'MatMul', inputs: ['a', 'a'], outputs: ['product'] },
      { op: 'Softmax', inputs: ['product'], outputs: ['p'], attributes: { axis: -1 } },
    ],
  }), { executionProviders: [device], intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3, extra: { session: { intra_op: { allow_spinning: '0' } } } })
  try {
    const a = new Tensor('float32', Float32Array.from({ length: SIDE * SIDE }, (_, i) => Math.sin(i * 0.37) / 8), [SIDE, SIDE])
    let values = new Float32Array(0)
    let milliseconds = Infinity
    for (let run = 0; run < RUNS; run++) {
      const from = performance.now()
      const { p } = await session.run({ a })
      milliseconds = Math.min(milliseconds, performance.now() - from)
      values = p.data as Float32Array<ArrayBuffer>
    }
    return { values, milliseconds }
  } finally {
    await session.release()
  }
}
