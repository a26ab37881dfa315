import { Presets, SingleBar } from 'cli-progress'

export interface Progress {
  show(done: number, total: number, note?: string): void
  end(): void
}

/** A bar on standard error when that is a terminal; nothing otherwise, so that logs and pipes stay clean. */
export function progressBar(what: string): Progress {
  if (!process.stderr.isTTY) return { show: () => undefined, end: () => undefined }
  const bar = new SingleBar({ stream: process.stderr, format: `${what} {bar} {value}/{total} · {note} · {eta_formatted}`, hideCursor: true, clearOnComplete: true }, Presets.shades_classic)
  let started: number | undefined
  return {
    show(done, total, note = '') {
      if (started === undefined) {
        bar.start(total, done, { note, left: '' })
        started = performance.now()
      }
      const seconds = done > 0 ? Math.round(((performance.now() - started) / 1000 / done) * (total - done)) : undefined
      bar.setTotal(total)
      bar.update(done, { note, left: seconds === undefined ? '' : ` · ${seconds} s left` })
    },
    end: () => { if (started !== undefined) bar.stop() },
  }
}
