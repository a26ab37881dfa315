import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** The command line's sources. */
export const ENTRY = join(import.meta.dirname, '../../main/cli/maskwright.ts')

export interface Run { readonly code: number | null; readonly out: string; readonly err: string }

/** Runs the command line as a terminal would, with a data folder of its own. */
export const maskwrightWith = (dataFolder: string, env: Readonly<Record<string, string>> = {}) => (...args: readonly string[]): Promise<Run> => new Promise((resolve, reject) => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY, ...args], { env: { ...process.env, MASKWRIGHT_DATA: dataFolder, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (bytes: Buffer) => { out += bytes.toString() })
  child.stderr.on('data', (bytes: Buffer) => { err += bytes.toString() })
  child.on('error', reject)
  child.on('close', (code) => resolve({ code, out, err }))
})
