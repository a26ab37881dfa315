import type { Tensor } from 'onnxruntime-node'
import { openNetwork } from '../../main/inference/open-network.ts'
import type { Network } from '../../models/graph-builder.ts'

/** A network's outputs for some inputs, on one core of the processor; opened and closed for it. */
export async function runNetwork(network: Network, inputs: Record<string, Tensor>) {
  const opened = await openNetwork(network, { threads: 1 })
  try {
    return await opened.run(inputs)
  } finally {
    await opened.close()
  }
}
