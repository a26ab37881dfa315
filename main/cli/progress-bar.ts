import { Presets, SingleBar } from 'cli-progress'

export interface Progress {
  show(done: number, total: number, note?: string): void
  end(): void
}

/** A bar with the time left on standard error when that is a terminal; nothing otherwise, so that logs and pipes stay clean. */
export function progressBar(what: string): Progress {
  if (!process.stderr.isTTY) return { show: () => undefined, end: () => undefined }
  const bar = new SingleBar({ stream: process.stderr, format: `${what} {bar} {value}/{total}{note}`, hideCursor: true, clearOnComplete: true }, Presets.shades_classic)
  let first: { readonly done: number; readonly at: number } | undefined
  return {
    show(done, total, note = '') {
      if (first === undefined) {
        first = { done, at: performance.now() }
        bar.start(total, done, { note: '' })
      }
      bar.setTotal(total)
      bar.update(done, { note: [note, timeLeft(first, done, total)].filter((part) => part !== '').map((part) => ` · ${part}`).join('') })
    },
    end: () => { if (first !== undefined) bar.stop() },
  }
}

/** "12 s left", "3 min left"; nothing before the first is done. What was done before we looked says nothing of the speed. */
function timeLeft(first: { readonly done: number; readonly at: number }, done: number, total: number): string {
  if (done <= first.done || done >= total) return ''
  const seconds = (((performance.now() - first.at) / 1000) * (total - done)) / (done - first.done)
  return seconds < 90 ? `${Math.ceil(seconds)} s left` : `${Math.ceil(seconds / 60)} min left`
}
