import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { BenchResult, Figure } from './figures.ts'
import { inOwnProcess } from './inference/in-own-process.ts'
import { NETWORKS, referenceTimes, type NetworkFigures, type NetworkName } from './inference/run-network.ts'
import type { PhotoFigures } from './inference/run-photo.ts'

const THREADS = 2
const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '../..')
/** Limits of issue 4, in seconds a run on two cores; where none is set the figure is only shown. */
const LIMITS: Readonly<Partial<Record<NetworkName, number>>> = { gem: 1.6, 'gem-int8': 1, vae: 7, unet: 6, 'unet-f16': 6 }
const PYTORCH: Readonly<Partial<Record<NetworkName, string>>> = { gem: 'gem', 'gem-int8': 'gem', 'clip-text': 'clip_text_21_prompts', vae: 'vae_encoder', taesd: 'taesd_encoder', unet: 'unet_with_maps', 'unet-f16': 'unet_with_maps', 'unet-prediction': 'unet_plain' }
/** max |ours − PyTorch's| / max |PyTorch's|; int8 has none: it is a choice of its own. */
const ERRORS: Readonly<Partial<Record<NetworkName, number>>> = { unet: 5e-4, 'unet-f16': 5e-3 }
const OPEN_LIMIT_SECONDS = 1
const OWN_MEMORY_LIMIT_GB = 2.5
const PHOTO_LIMIT_SECONDS = 16

const NO_FOLDER = 'MASKWRIGHT_FULL_SIZE names no folder that test/reference/full_size.py has made'
const NO_PYTORCH = 'MASKWRIGHT_PYTHON names no Python with PyTorch: its times are of an earlier run'

/**
 * The networks at their published sizes with random weights, and a photo's whole way, against PyTorch on the same machine:
 * needs the folder that test/reference/full_size.py has made, named by MASKWRIGHT_FULL_SIZE. With MASKWRIGHT_PYTHON (a Python that
 * has what that script imports) PyTorch is timed first, in the same run. `--only NAME` runs one network, or `photo`.
 */
export async function run(flags: readonly string[]): Promise<BenchResult> {
  const folder = process.env.MASKWRIGHT_FULL_SIZE ?? ''
  const python = process.env.MASKWRIGHT_PYTHON ?? ''
  const only = flags.includes('--only') ? flags[flags.indexOf('--only') + 1] : null
  const measured = existsSync(join(folder, 'times.json'))
  if (measured && python !== '') await promisify(execFile)(python, [join(REPOSITORY, 'test/reference/full_size.py'), folder, String(THREADS)])
  const figures: Record<string, Figure> = {}
  for (const name of NETWORKS) {
    if (only !== null && name !== only) continue
    if (measured) await addNetwork(figures, folder, name, python !== '')
    else figures[name] = unmeasured('s', targetOf(LIMITS[name], 's'), NO_FOLDER)
  }
  if (only !== null && only !== 'photo') return { figures }
  for (const precision of ['float32', 'int8'] as const) {
    if (existsSync(join(folder, 'pack/pack.json'))) await addPhoto(figures, folder, precision)
    else figures[`photo → proposals, ${precision}`] = unmeasured('s', targetOf(PHOTO_LIMIT_SECONDS, 's'), NO_FOLDER)
  }
  return { figures }
}

const targetOf = (limit: number | undefined, unit: string): string => (limit === undefined ? 'none set' : `≤ ${limit} ${unit}`)
const unmeasured = (unit: string, target: string, why: string): Figure => ({ value: null, unit, target, holds: null, why })
const shown = (value: number | null, unit: string, limit?: number): Figure => ({ value, unit, target: targetOf(limit, unit), holds: value === null || limit === undefined ? null : value <= limit })

async function addNetwork(figures: Record<string, Figure>, folder: string, name: NetworkName, sameRun: boolean): Promise<void> {
  const { figures: found, peakGb } = await inOwnProcess('run-network.ts', [folder, name, String(THREADS)])
  const own = found as NetworkFigures
  const reference = referenceTimes(folder)[PYTORCH[name] ?? '']
  figures[name] = { ...shown(own.runSeconds, 's', LIMITS[name]), ...(reference === undefined ? {} : { reference, ratio: own.runSeconds / reference }) }
  if (reference !== undefined) {
    const ratio = own.runSeconds / reference
    figures[`${name}, of PyTorch's time`] = sameRun ? { value: ratio, unit: '', target: '≤ 1', holds: ratio <= 1 } : unmeasured('', '≤ 1', NO_PYTORCH)
  }
  figures[`${name}, graph built`] = shown(own.buildSeconds, 's')
  figures[`${name}, session opened`] = shown(own.openSeconds, 's', OPEN_LIMIT_SECONDS)
  figures[`${name}, own memory`] = shown(peakGb, 'GB', OWN_MEMORY_LIMIT_GB)
  figures[`${name}, numbers used`] = shown(own.parameters, '')
  if (own.error !== null) figures[`${name}, max relative error`] = name === 'gem-int8' ? shown(own.error, '') : shown(own.error, '', ERRORS[name] ?? 1e-4)
}

async function addPhoto(figures: Record<string, Figure>, folder: string, precision: 'float32' | 'int8'): Promise<void> {
  const { figures: found, peakGb } = await inOwnProcess('run-photo.ts', [folder, join(REPOSITORY, 'resources/samples'), String(THREADS), precision])
  const own = found as PhotoFigures
  const what = `photo → proposals, ${precision}`
  figures[`${what}: first, networks opened`] = shown(own.first, 's', PHOTO_LIMIT_SECONDS)
  figures[`${what}: next`] = shown(own.next, 's', PHOTO_LIMIT_SECONDS)
  for (const [part, value] of Object.entries(own.parts)) figures[`${what}: ${part}`] = shown(value, 's')
  figures[`${what}: own memory`] = shown(peakGb, 'GB', OWN_MEMORY_LIMIT_GB)
}
