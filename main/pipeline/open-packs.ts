import type { DeviceName, PrecisionChoice } from '../contract/jobs.ts'
import { checkpointKey } from '../packs/checkpoint-key.ts'
import type { Pack } from '../packs/open-pack.ts'
import { createPackRunner, type PackRunner, type PackRunnerOptions } from './pack-methods.ts'

/** The pack in use: one at a time, because its networks take memory. */
export interface OpenPacks {
  /** @param devices  to try, in order; other ones, another precision, or other checkpoints under the same name open the networks anew */
  runner(pack: Pack, devices: readonly DeviceName[], precision: PrecisionChoice): Promise<PackRunner>
}

export function createOpenPacks(options: Omit<PackRunnerOptions, 'devices' | 'precision'>): OpenPacks {
  let open: { readonly key: string; readonly runner: PackRunner } | undefined
  return {
    async runner(pack, devices, precision) {
      const key = JSON.stringify([pack.folder, pack.manifest, await checkpointKey(pack), devices, precision])
      if (open?.key === key) return open.runner
      const old = open
      open = undefined
      await old?.runner.close()
      const runner = await createPackRunner(pack, { ...options, devices, precision })
      open = { key, runner }
      return runner
    },
  }
}
