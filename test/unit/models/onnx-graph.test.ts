import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { modelBytes, type Graph } from '../../../models/onnx-graph.ts'

const bytesOf = (values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer)

test('a graph of one node is the bytes that the format prescribes', () => {
  const bytes = modelBytes({ name: 'g', opset: 13, inputs: [{ name: 'x', type: 'float32', shape: [1] }], outputs: [{ name: 'y', type: 'float32', shape: ['n'] }], nodes: [{ op: 'Abs', inputs: ['x'], outputs: ['y'] }] })
  const value = (name: string, dimension: number[]) => [10, 1, name.charCodeAt(0), 18, 4 + 2 + dimension.length + 2, 10, 4 + 2 + dimension.length, 8, 1, 18, 2 + dimension.length, 10, dimension.length, ...dimension]
  const input = value('x', [8, 1]), output = value('y', [18, 1, 110])
  const node = [10, 1, 120, 18, 1, 121, 34, 3, 65, 98, 115]
  const graph = [10, node.length, ...node, 18, 1, 103, 90, input.length, ...input, 98, output.length, ...output]
  expect([...bytes]).toEqual([8, 10, 18, 10, ...new TextEncoder().encode('maskwright'), 58, graph.length, ...graph, 66, 4, 10, 0, 16, 13])
})

test('attributes of every kind, constants and a second domain load and run', async () => {
  const graph: Graph = {
    name: 'attributes',
    domains: { 'com.microsoft': 1 },
    inputs: [{ name: 'x', type: 'float32', shape: ['rows', 3] }],
    outputs: [{ name: 'y', type: 'float32', shape: ['rows', 3] }],
    constants: [{ name: 'axes', type: 'int64', shape: [1], data: new Uint8Array(BigInt64Array.of(-1n).buffer) }],
    nodes: [
      { op: 'ReduceSum', inputs: ['x', 'axes'], outputs: ['sum'], attributes: { keepdims: 1 } },
      { op: 'Constant', inputs: [], outputs: ['shift'], attributes: { value: { tensor: { name: 'shift', type: 'float32', shape: [3], data: bytesOf([1, 2, 3]) } } } },
      { op: 'LeakyRelu', inputs: ['x'], outputs: ['leaky'], attributes: { alpha: 0.5 } },
      { op: 'Transpose', inputs: ['leaky'], outputs: ['t'], attributes: { perm: [1, 0] } },
      { op: 'Transpose', inputs: ['t'], outputs: ['back'], attributes: { perm: [1, 0] } },
      { op: 'Constant', inputs: [], outputs: ['scale'], attributes: { value_floats: { floats: [2] } } },
      { op: 'LeakyRelu', inputs: ['back'], outputs: ['same'], attributes: { alpha: { float: 1 } } },
      { op: 'Add', inputs: ['same', 'shift'], outputs: ['shifted'] },
      { op: 'Mul', inputs: ['shifted', 'scale'], outputs: ['doubled'] },
      { op: 'Gelu', inputs: ['sum'], outputs: ['unused'], domain: 'com.microsoft' },
      { op: 'Add', inputs: ['doubled', 'sum'], outputs: ['y'] },
    ],
  }
  const session = await InferenceSession.create(modelBytes(graph), { executionProviders: ['cpu'], logSeverityLevel: 3 })
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, -2, 4), [1, 3]) })
  expect([...(y.data as Float32Array)]).toEqual([7, 5, 17])
})

test('a constant may lie anywhere in a file beside the model', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-graph-'))
  try {
    writeFileSync(join(folder, 'weights.bin'), Uint8Array.from([9, 9, 9, 9, ...bytesOf([5, 6])]))
    const bytes = modelBytes({
      name: 'external',
      inputs: [{ name: 'x', type: 'float32', shape: [2] }],
      outputs: [{ name: 'y', type: 'float32', shape: [2] }],
      constants: [{ name: 'w', type: 'float32', shape: [2], data: { location: 'weights.bin', offset: 4, length: 8 } }],
      nodes: [{ op: 'Mul', inputs: ['x', 'w'], outputs: ['y'] }],
    })
    const session = await InferenceSession.create(bytes, { executionProviders: ['cpu'], extra: { session: { model_external_initializers_file_folder_path: folder } } })
    const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(2, 3), [2]) })
    expect([...(y.data as Float32Array)]).toEqual([10, 18])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
