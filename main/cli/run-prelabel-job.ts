import type { Client } from '../contract/client.ts'
import type { PrelabelRequest, PrelabelStatus } from '../contract/jobs.ts'
import { progressBar } from './progress-bar.ts'

/** ms in which a second interrupt is taken for the same one */
const SAME_INTERRUPT_MS = 1000

/**
 * Starts the job, or goes on with the one that was stopped, and waits for its end. Ctrl+C stops it in the way given; a
 * second one ends the process. `why` says what made it pause by itself (a full disk, a pipeline that does not start).
 */
export async function runPrelabelJob(client: Client, request: PrelabelRequest, stopBy: 'prelabel.cancel' | 'prelabel.pause'): Promise<{ status: PrelabelStatus; why: string }> {
  const bar = progressBar('pre-labelling')
  const show = ({ done, failed, total, proposals, unnamed }: PrelabelStatus): void => bar.show(done + failed, total, `${proposals} proposals, ${unnamed} unnamed`)
  let stop = (): void => undefined
  let why = ''
  const stopNotices = client.on('notice', ({ level, message }) => { if (level === 'error') why = message })
  let mine: number | null | undefined
  let told: PrelabelStatus | undefined
  const ended = new Promise<PrelabelStatus>((settle) => {
    stop = client.on('prelabel.status', (status) => {
      told = status
      // a job that gives way to ours is none of ours
      if (status.jobId !== mine) return
      show(status)
      if (status.state !== 'running') settle(status)
    })
  })
  let askedAt: number | undefined
  // one Ctrl+C may arrive twice: from the terminal and from the program that started us
  const end = (): void => { client.call(stopBy, {}).catch(() => undefined) } // it may have ended meanwhile
  const interrupt = (): void => {
    if (askedAt === undefined) {
      askedAt = Date.now()
      if (mine !== undefined) end()
    } else if (Date.now() - askedAt > SAME_INTERRUPT_MS) process.exit(130)
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    const first = await client.call('prelabel.goOn', request)
    mine = first.jobId
    show(first)
    if (askedAt !== undefined) end()
    if (first.done + first.failed > 0) process.stderr.write(`going on with the job that was begun: ${first.done + first.failed} of ${first.total} images are done\n`)
    // a short job may have ended before its start was answered
    const now = told?.jobId === mine ? told : first
    return { status: now.state === 'running' ? await ended : now, why }
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
    stop()
    stopNotices()
    bar.end()
  }
}
