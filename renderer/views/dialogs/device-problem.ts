/** Why a device is not used, as far as a person can do something about it: keys `notTaken.KIND` of the translations. */
export type DeviceProblem = 'absent' | 'unsupported' | 'differs' | 'slower' | 'silent' | 'ended' | 'memory' | 'failed'

/** What is said of it by the engine (main/inference/probe-device.ts, main/prelabel/pack-devices.ts), by ONNX Runtime and by drivers; the first that fits. */
const SAID: readonly (readonly [RegExp, DeviceProblem])[] = [
  [/slower than the processor/, 'slower'],
  [/this build of ONNX Runtime has no/, 'unsupported'],
  [/computes something else/, 'differs'],
  [/no answer in/, 'silent'],
  [/process .*ended/, 'ended'],
  [/out of memory|not enough memory|failed to allocate|bad_alloc|OUTOFMEMORY/i, 'memory'],
  [/shared library|adapter|no .*device|driver/i, 'absent'],
]

/** @param reason  as the engine gives it, in English or a driver's own words */
export const deviceProblem = (reason: string): DeviceProblem => SAID.find(([said]) => said.test(reason))?.[1] ?? 'failed'

/** Whether a message is ONNX Runtime's (main/inference/open-network.ts), which says nothing to a person. */
export const isOfRuntime = (message: string): boolean => /could not be (opened|run) on \w+: |OrtSession|onnxruntime/i.test(message)

/** Names that are the same in all languages. */
const NAMES: Readonly<Record<string, string>> = { cuda: 'CUDA (NVIDIA)', webgpu: 'WebGPU', dml: 'DirectML', coreml: 'Core ML' }

export const deviceTitle = (device: string): string => NAMES[device] ?? device
