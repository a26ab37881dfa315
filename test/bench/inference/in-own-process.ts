import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A script beside this one in its own process, its anonymous memory (mapped weights are the file's pages, which the system may drop) watched from here. */
export async function inOwnProcess(script: string, args: readonly string[]): Promise<{ readonly figures: unknown; readonly peakGb: number | null }> {
  const child = fork(join(dirname(fileURLToPath(import.meta.url)), script), args)
  let peakKb = 0
  const watch = setInterval(() => {
    try {
      peakKb = Math.max(peakKb, Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0))
    } catch {
      // no /proc here, or the process has ended
    }
  }, 10)
  try {
    const figures = await new Promise((done, failed) => {
      child.once('message', done)
      child.once('exit', (code) => failed(new Error(`${script} ${args.join(' ')} ended with ${code} before it had a result`)))
    })
    return { figures, peakGb: peakKb === 0 ? null : peakKb / 2 ** 20 }
  } finally {
    clearInterval(watch)
  }
}
