import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { DeviceChoice, PrecisionChoice } from '../contract/jobs.ts'
import { PackName } from '../contract/methods.ts'
import { openMapsCache } from '../inference/maps-cache.ts'
import { userDataFolder } from '../packs/user-data-folder.ts'
import { MAPS_CACHE, readArguments } from '../pipeline/arguments.ts'
import type { PackRunnerOptions } from '../pipeline/pack-methods.ts'
import { forkNode } from '../engine/fork-node.ts'
import { createPackDevices } from '../prelabel/pack-devices.ts'
import { PIPELINE_ENTRY } from './places.ts'
import { commandProducts } from './segment-maps.ts'

/** `--pack NAME`, or another flag that takes a pack's name. */
export const packOption = (does: string, flag = '--pack <pack>'): Option => new Option(flag, does).argParser((given: string) => {
  const parsed = PackName.safeParse(given)
  if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues[0].message)
  return parsed.data
})

/** `--device NAME`. */
export const deviceOption = (): Option => new Option('--device <device>', 'what the pack’s networks run on; auto: the first that works').choices(DeviceChoice.options).default('auto')

/** `--precision NAME`. */
export const precisionOption = (): Option => new Option('--precision <precision>', 'auto: as the pack says; float16: on a graphics card; int8: CLIP with 8-bit weights on the processor').choices(PrecisionChoice.options).default('auto')

/** What a command gives a pack that it runs in its own process: all cores, and the cache that every shell uses. */
export async function commandRunnerOptions(device: DeviceChoice, precision: PrecisionChoice): Promise<PackRunnerOptions> {
  const devices = createPackDevices({ fork: forkNode, entry: PIPELINE_ENTRY, say: (message) => { process.stderr.write(`${message}\n`) } })
  const { threads, cacheFolder, cacheBytes, int8Folder } = readArguments([`--cache=${join(userDataFolder(), ...MAPS_CACHE)}`], availableParallelism())
  return { devices: await devices.order(device), precision, int8Folder, threads, cache: openMapsCache(cacheFolder, cacheBytes), products: commandProducts() }
}
