import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

export interface Running {
  readonly process: ChildProcess
  /** what it has printed so far, both streams */
  readonly said: () => string
  readonly out: () => string
  /** exit code, or the signal */
  readonly ended: Promise<number | string | null>
}

const NODE = ['--disable-warning=ExperimentalWarning']
const CLI = join(import.meta.dirname, '../../../main/cli/maskwright.ts')
const WORKER = join(import.meta.dirname, 'stand-in-worker.ts')

function run(args: readonly string[], env: Readonly<Record<string, string>>): Running {
  const child = spawn(process.execPath, [...NODE, ...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = '', said = ''
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString()
    said += bytes.toString()
  })
  child.stderr.on('data', (bytes: Buffer) => { said += bytes.toString() })
  return { process: child, said: () => said, out: () => out, ended: new Promise((resolve) => { child.on('close', (code, signal) => resolve(code ?? signal)) }) }
}

/** `maskwright …` as a terminal would run it. */
export const maskwright = (dataFolder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running => run([CLI, ...args], { MASKWRIGHT_DATA: dataFolder, ...env })
/** A worker whose task is to wait. */
export const standInWorker = (url: string, milliseconds: number, concurrency = 1): Running => run([WORKER, url, String(concurrency)], { STAND_IN_MS: String(milliseconds) })
