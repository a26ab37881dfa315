import { expect, test } from 'vitest'
import { deviceProblem, isOfRuntime } from '../../../../renderer/views/dialogs/device-problem.ts'

test('what engine, ONNX Runtime and drivers say of a device is told in a person’s words', () => {
  for (const [reason, kind] of [
    ['OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library', 'absent'],
    ['Failed to get a WebGPU adapter: No supported adapters', 'absent'],
    ['clip could not be opened on cuda: CUDA failure 100: no CUDA-capable device is detected', 'absent'],
    ['this build of ONNX Runtime has no coreml (it has cpu, cuda, webgpu)', 'unsupported'],
    ['it computes something else than the processor: a share differs by 0.3', 'differs'],
    ['it is slower than the processor (900 ms against 20 ms for a small product)', 'slower'],
    ['no answer in 60 s', 'silent'],
    ['the process that tried it ended (signal SIGSEGV)', 'ended'],
    ['unet could not be run on cuda: Failed to allocate memory for requested buffer of size 8388608', 'memory'],
    ['clip could not be opened on webgpu: something new', 'failed'],
  ] as const) expect(deviceProblem(reason), reason).toBe(kind)
})

test('ONNX Runtime’s own words are told from a sentence for a person', () => {
  expect(['clip could not be opened on cpu: bad protobuf', 'OrtSession is gone', 'the disk is full', 'the hub does not answer'].map(isOfRuntime)).toEqual([true, true, false, false])
})
