import type { DeviceName } from '../contract/jobs.ts'
import type { Pack } from '../packs/open-pack.ts'
import { createPackRunner, type PackRunner, type PackRunnerOptions } from './pack-methods.ts'

/** The pack in use: one at a time, because its networks take memory. */
export interface OpenPacks {
  /** @param devices  to try, in order; other ones open the networks anew */
  runner(pack: Pack, devices: readonly DeviceName[]): Promise<PackRunner>
}

export function createOpenPacks(options: Omit<PackRunnerOptions, 'devices'>): OpenPacks {
  let open: { readonly key: string; readonly runner: PackRunner } | undefined
  return {
    async runner(pack, devices) {
      const key = JSON.stringify([pack.folder, pack.manifest, devices])
      if (open?.key === key) return open.runner
      const old = open
      open = undefined
      await old?.runner.close()
      const runner = await createPackRunner(pack, { ...options, devices })
      open = { key, runner }
      return runner
    },
  }
}
