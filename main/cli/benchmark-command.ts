import { availableParallelism } from 'node:os'
import { Command } from 'commander'
import { EngineError } from '../contract/errors.ts'
import type { DeviceChoice } from '../contract/jobs.ts'
import { forkNode } from '../engine/fork-node.ts'
import { openPack } from '../packs/open-pack.ts'
import { benchmarkPack, type NetworkTime, type PackTimes } from '../pipeline/benchmark-pack.ts'
import { createPackDevices } from '../prelabel/pack-devices.ts'
import { deviceOption, packOption } from './pack-argument.ts'
import { PIPELINE_ENTRY } from './places.ts'
import { printResult } from './report-text.ts'
import { commandProducts } from './segment-maps.ts'

interface Arguments { readonly pack: string; readonly device: DeviceChoice; readonly json?: boolean }

/** `maskwright benchmark`: what a pack costs on each device of this machine. */
export function benchmarkCommand(): Command {
  return new Command('benchmark')
    .description('time a pack’s networks on this machine’s devices, one at a time')
    .addOption(packOption('models to time').makeOptionMandatory())
    .addOption(deviceOption())
    .option('--json', 'print one JSON object instead of text')
    .addHelpText('after', `
Each network runs on two pictures: the first time is with opening it, and on some devices with compiling it.

Example:
  maskwright benchmark --pack sd15-clip`)
    .action(benchmark)
}

async function benchmark({ pack: name, device, json }: Arguments): Promise<void> {
  const pack = openPack(name)
  if (pack.folder === null) throw new EngineError('bad-input', `the pack ${name} has no networks; name one that has`)
  const devices = createPackDevices({ fork: forkNode, entry: PIPELINE_ENTRY, say: () => undefined })
  const threads = availableParallelism()
  const products = commandProducts()
  const times: PackTimes[] = []
  for (const one of await devices.order(device)) {
    const found = await benchmarkPack(pack, one, threads, products).catch((error: unknown) => {
      if (!(error instanceof EngineError && error.code === 'unavailable') || one === 'cpu') throw error
      process.stderr.write(`${error.message}\n`)
      return null
    })
    if (found !== null) times.push(found)
  }
  const notTaken = devices.notTaken()
  printResult(json, { pack: name, threads, devices: times, notTaken }, [
    ...times.map((one) => `${one.device.padEnd(8)} scores ${text(one.scores)}, affinity ${text(one.affinity)}`),
    ...notTaken.map((one) => `${one.device.padEnd(8)} not used: ${one.reason}`),
  ].join('\n'))
}

const text = (time: NetworkTime | null): string => (time === null ? '–' : `${(time.next / 1000).toFixed(2)} s (first ${(time.first / 1000).toFixed(2)} s)`)
