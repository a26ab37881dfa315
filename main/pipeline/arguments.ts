import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { DeviceName } from '../contract/jobs.ts'

/** What the pipeline process is started with. */
export interface PipelineArguments {
  /** of one run of a network or product */
  readonly threads: number
  readonly cacheFolder: string
  /** of all files in it */
  readonly cacheBytes: number
  /** of 8-bit checkpoints (main/inference/int8-cache.ts) */
  readonly int8Folder: string
}

/** Unless $MASKWRIGHT_CACHE_GB says otherwise; a picture takes about 35 MB at the published sizes. */
const CACHE_GB = 4

/** Where in a data folder the caches lie. */
export const MAPS_CACHE = ['cache', 'maps'] as const
export const INT8_CACHE = ['cache', 'int8'] as const

/** Argument list that `readArguments` reads. @param pageIsOpen one core is left to the page */
export const pipelineArguments = (cacheFolder: string, pageIsOpen: boolean): string[] => [`--cache=${cacheFolder}`, ...(pageIsOpen ? ['--leave-a-core'] : [])]

const PROBE = '--probe='
/** For a process that only tries a device, says what it found and ends. */
export const probeArguments = (device: DeviceName): string[] => [PROBE + device]
/** The device to try, or null for the pipeline itself. */
export const probedDevice = (list: readonly string[]): DeviceName | null => (list.find((argument) => argument.startsWith(PROBE))?.slice(PROBE.length) ?? null) as DeviceName | null

/** @param cores  of this machine @throws RangeError for a size of the cache that is no number */
export function readArguments(list: readonly string[], cores: number): PipelineArguments {
  const asked = process.env['MASKWRIGHT_CACHE_GB']
  const gigabytes = asked === undefined || asked === '' ? CACHE_GB : Number(asked)
  if (!(gigabytes >= 0)) throw new RangeError(`MASKWRIGHT_CACHE_GB is ${asked}; a number of gigabytes is wanted, 0 for no cache`)
  const folder = list.find((argument) => argument.startsWith('--cache='))?.slice('--cache='.length)
  return {
    threads: Math.max(1, cores - (list.includes('--leave-a-core') ? 1 : 0)),
    cacheFolder: folder ?? join(tmpdir(), 'maskwright-maps'),
    cacheBytes: folder === undefined ? 0 : gigabytes * 1e9,
    int8Folder: folder === undefined ? join(tmpdir(), 'maskwright-int8') : join(dirname(folder), 'int8'),
  }
}
