import { join } from 'node:path'
import { Command } from 'commander'
import type { DeviceChoice, PrecisionChoice } from '../contract/jobs.ts'
import type { NetworkTime } from '../contract/packs.ts'
import { forkNode } from '../engine/fork-node.ts'
import { userDataFolder } from '../packs/user-data-folder.ts'
import { MAPS_CACHE, pipelineArguments } from '../pipeline/arguments.ts'
import { benchmarkDevices } from '../prelabel/benchmark-devices.ts'
import { deviceOption, packOption, precisionOption } from './pack-argument.ts'
import { PIPELINE_ENTRY } from './places.ts'
import { printResult } from './report-text.ts'

interface Arguments { readonly pack: string; readonly device: DeviceChoice; readonly precision: PrecisionChoice; readonly json?: boolean }

/** `maskwright benchmark`: what a pack costs on each device of this machine. */
export function benchmarkCommand(): Command {
  return new Command('benchmark')
    .description('time a pack’s networks on this machine’s devices, one at a time')
    .addOption(packOption('models to time').makeOptionMandatory())
    .addOption(deviceOption())
    .addOption(precisionOption())
    .option('--json', 'print one JSON object instead of text')
    .addHelpText('after', `
Each network runs on two pictures: the first time is with opening it, and on some devices with compiling it.

Example:
  maskwright benchmark --pack sd15-clip`)
    .action(benchmark)
}

async function benchmark({ pack, device, precision, json }: Arguments): Promise<void> {
  const args = pipelineArguments(join(userDataFolder(), ...MAPS_CACHE), false)
  const found = await benchmarkDevices({ fork: forkNode, entry: PIPELINE_ENTRY, args, pack, device, precision })
  printResult(json, { pack, precision, ...found }, [
    ...found.devices.map((one) => `${one.device.padEnd(8)} scores ${text(one.scores)}, affinity ${text(one.affinity)}`),
    ...found.notTaken.map((one) => `${one.device.padEnd(8)} not used: ${one.reason}`),
  ].join('\n'))
}

const text = (time: NetworkTime | null): string => (time === null ? '–' : `${(time.next / 1000).toFixed(2)} s (first ${(time.first / 1000).toFixed(2)} s)`)
