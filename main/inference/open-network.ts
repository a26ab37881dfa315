import { InferenceSession, type Tensor } from 'onnxruntime-node'
import { EngineError } from '../contract/errors.ts'
import type { Network } from '../../models/graph-builder.ts'

export interface NetworkOptions {
  /** threads of one run, ≥ 1: physical cores, less the one the page needs */
  readonly threads: number
  /** ONNX Runtime's name of the execution provider; one, because a list throws when the first is missing (INFERENCE.md) */
  readonly provider?: string
  /** give the arena's memory back after each run; for networks that are run now and then */
  readonly leanMemory?: boolean
}

/** A network on a device. `run` blocks the calling thread for its whole length: use it in the pipeline process. */
export interface OpenNetwork {
  /** @throws EngineError 'unavailable' with ONNX Runtime's own words when the device fails, out of memory included */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>
  close(): Promise<void>
}

/**
 * Opens a network whose weights stay in the checkpoint's file: without prepacking ONNX Runtime maps them, so that they are
 * loaded in a fraction of a second and the system may drop their pages. Casts of half-precision weights are not folded, which would
 * make full copies of them. 8-bit weights are laid out anew: without it their products take as long as those of float32.
 * @throws EngineError 'unavailable' naming network, device and ONNX Runtime's reason
 */
export async function openNetwork(network: Network, options: NetworkOptions): Promise<OpenNetwork> {
  const provider = options.provider ?? 'cpu'
  const failed = (doing: string, error: unknown): EngineError =>
    new EngineError('unavailable', `${network.name} could not be ${doing} on ${provider}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  let session: InferenceSession
  try {
    session = await InferenceSession.create(network.model, {
      executionProviders: [provider],
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      enableMemPattern: false,
      enableCpuMemArena: options.leanMemory !== true,
      // 'all' would lay convolution weights out anew: for the UNet 9.4 s and 2.1 GB more, for 6 % of its time
      graphOptimizationLevel: 'extended',
      logSeverityLevel: 3,
      extra: {
        session: {
          ...(network.folder === null ? {} : { model_external_initializers_file_folder_path: network.folder }),
          ...(network.quantised ? {} : { disable_prepacking: '1' }),
        },
        ...(network.widensWeights ? { optimization: { disable_specified_optimizers: 'ConstantFolding' } } : {}),
      },
    })
  } catch (error) {
    throw failed('opened', error)
  }
  return {
    async run(inputs) {
      try {
        return await session.run(inputs)
      } catch (error) {
        throw failed('run', error)
      }
    },
    close: () => session.release(),
  }
}
