import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Int8Range } from '../../models/int8-checkpoint.ts'
import { modelBytes } from '../../models/onnx-graph.ts'

const INPUTS = 64, OUTPUTS = 16
let known: Promise<Int8Range> | undefined

/** The largest 8-bit weight whose products this processor's kernels add up without overflow: tried once, with the worst case. */
export function int8Range(): Promise<Int8Range> {
  if (known !== undefined) return known
  const trying = tried()
  known = trying
  // what failed once may be possible later: nothing is known yet
  trying.catch(() => { known = undefined })
  return trying
}

async function tried(): Promise<Int8Range> {
  const worst: Int8Range = 127
  const session = await InferenceSession.create(modelBytes({
    name: 'int8-range',
    inputs: [{ name: 'x', type: 'float32', shape: [2, INPUTS] }],
    outputs: [{ name: 'y', type: 'float32', shape: [2, OUTPUTS] }],
    constants: [
      { name: 'w', type: 'int8', shape: [INPUTS, OUTPUTS], data: new Uint8Array(INPUTS * OUTPUTS).fill(worst) },
      { name: 's', type: 'float32', shape: [OUTPUTS], data: new Uint8Array(new Float32Array(OUTPUTS).fill(1).buffer) },
    ],
    nodes: [{ op: 'DynamicQuantizeMatMul', domain: 'com.microsoft', inputs: ['x', 'w', 's'], outputs: ['y'] }],
    domains: { 'com.microsoft': 1 },
  }), { executionProviders: ['cpu'], intraOpNumThreads: 1, logSeverityLevel: 3 })
  try {
    const { y } = await session.run({ x: new Tensor('float32', new Float32Array(2 * INPUTS).fill(1), [2, INPUTS]) })
    const exact = INPUTS * worst
    return (y.data as Float32Array).every((value) => Math.abs(value - exact) <= exact / 100) ? worst : 63
  } finally {
    await session.release()
  }
}
