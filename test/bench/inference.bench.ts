import { fork } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchResult, Figure } from './figures.ts'
import { NETWORKS, referenceTimes, type NetworkFigures, type NetworkName } from './inference/run-network.ts'

const THREADS = 2
/** Limits of issue 4, in seconds a run on two cores; where none is set the figure is only shown. */
const LIMITS: Readonly<Partial<Record<NetworkName, number>>> = { gem: 1.6, vae: 7, unet: 6 }
const PYTORCH: Readonly<Partial<Record<NetworkName, string>>> = { gem: 'gem', 'clip-text': 'clip_text_21_prompts', vae: 'vae_encoder', unet: 'unet_with_maps', 'unet-prediction': 'unet_plain' }
const OPEN_LIMIT_SECONDS = 1
const OWN_MEMORY_LIMIT_GB = 2.5

/** A run in its own process, its anonymous memory (mapped weights are the file's pages, which the system may drop) watched from here. */
async function inOwnProcess(folder: string, name: NetworkName): Promise<{ readonly figures: NetworkFigures; readonly peakGb: number | null }> {
  const child = fork(join(dirname(fileURLToPath(import.meta.url)), 'inference/run-network.ts'), [folder, name, String(THREADS)])
  let peakKb = 0
  const watch = setInterval(() => {
    try {
      peakKb = Math.max(peakKb, Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0))
    } catch {
      // no /proc here, or the process has ended
    }
  }, 10)
  try {
    const figures = await new Promise<NetworkFigures>((done, failed) => {
      child.once('message', (message) => done(message as NetworkFigures))
      child.once('exit', (code) => failed(new Error(`${name} ended with ${code} before it had a result`)))
    })
    return { figures, peakGb: peakKb === 0 ? null : peakKb / 2 ** 20 }
  } finally {
    clearInterval(watch)
  }
}

/**
 * The networks at their published sizes with random weights, against PyTorch on the same machine: needs the folder that
 * test/reference/full_size.py has made, named by MASKWRIGHT_FULL_SIZE; `--only NAME` runs one of them.
 */
export async function run(flags: readonly string[]): Promise<BenchResult> {
  const folder = process.env.MASKWRIGHT_FULL_SIZE ?? ''
  const figures: Record<string, Figure> = {}
  const only = flags.includes('--only') ? flags[flags.indexOf('--only') + 1] : null
  const measured = existsSync(join(folder, 'times.json'))
  for (const name of NETWORKS) {
    if (only !== null && name !== only) continue
    const limit = LIMITS[name]
    const target = limit === undefined ? 'none set' : `≤ ${limit} s on 2 cores`
    if (!measured) {
      figures[name] = { value: null, unit: 's', target, holds: null }
      continue
    }
    const { figures: own, peakGb } = await inOwnProcess(folder, name)
    const reference = referenceTimes(folder)[PYTORCH[name] ?? '']
    figures[name] = { value: own.runSeconds, unit: 's', target, holds: limit === undefined ? null : own.runSeconds <= limit, ...(reference === undefined ? {} : { reference, ratio: own.runSeconds / reference }) }
    figures[`${name}, graph built`] = { value: own.buildSeconds, unit: 's', target: 'none set', holds: null }
    figures[`${name}, session opened`] = { value: own.openSeconds, unit: 's', target: `≤ ${OPEN_LIMIT_SECONDS} s`, holds: own.openSeconds <= OPEN_LIMIT_SECONDS }
    figures[`${name}, own memory`] = { value: peakGb, unit: 'GB', target: `≤ ${OWN_MEMORY_LIMIT_GB} GB`, holds: peakGb === null ? null : peakGb <= OWN_MEMORY_LIMIT_GB }
    figures[`${name}, numbers used`] = { value: own.parameters, unit: '', target: 'none set', holds: null }
    if (own.error !== null) figures[`${name}, max relative error`] = { value: own.error, unit: '', target: name === 'unet' ? '≤ 5e-4 (f16 rows)' : '≤ 1e-4', holds: own.error <= (name === 'unet' ? 5e-4 : 1e-4) }
  }
  return { figures }
}
