import { EngineError } from '../contract/errors.ts'
import type { PrelabelRequest, PrelabelStatus } from '../contract/jobs.ts'
import { addClasses } from './add-classes.ts'
import { withProject, type Session } from './engine-session.ts'
import { progressBar } from './progress-bar.ts'
import { openQueue, type QueueArguments } from './queue-options.ts'
import { count, printResult, reportText } from './report-text.ts'

/** `prelabel --queue`, its options checked. */
export interface OverQueue extends QueueArguments {
  readonly queue: string
  readonly project: string
  readonly images?: string | undefined
  readonly out?: string | undefined
  readonly json?: boolean | undefined
  /** of those not in the project yet, and the only ones proposed; none: every class of the project */
  readonly classes: readonly string[]
  readonly request: Omit<PrelabelRequest, 'classIds'>
}

/** ms between two lines of progress where there is no terminal */
const LINE_MS = 10_000

/** The coordinator: hands the project's images to workers and stores what they answer. Stopped, it goes on where it was when started again. */
export async function prelabelOverQueue(given: OverQueue): Promise<void> {
  const started = performance.now()
  const queue = await openQueue(given)
  try {
    await withProject({ project: given.project, create: given.images !== undefined, images: given.images, crew: queue.crew }, async (session) => {
      const { client } = session
      if (given.classes.length > 0) await addClasses(client, given.classes)
      const { imageCount } = await client.call('project.info', {})
      if (imageCount === 0) throw new EngineError('not-found', `${given.project} holds no picture; add a folder with --images DIR`)
      const classIds = (await client.call('classes.list', {})).classes.filter(({ name }) => given.classes.includes(name)).map(({ id }) => id)
      const { status, stopped } = await follow(client, { ...given.request, ...(classIds.length === 0 ? {} : { classIds }) })
      for (const { path, reason } of status.problems) process.stderr.write(`failed: ${JSON.stringify(path)}: ${reason}\n`)
      const exported = given.out === undefined || stopped ? undefined : await client.call('export.write', {
        grant: await session.grant('export', given.out),
        options: { states: ['pending', 'accepted', 'fixed', 'drawn'], strict: false },
      })
      const seconds = Math.round((performance.now() - started) / 10) / 100
      const result = { state: stopped ? 'stopped' : status.state, images: status.done, total: status.total, proposals: status.proposals, unnamed: status.unnamed, failures: status.failed, seconds, ...(exported === undefined ? {} : { written: exported.report.annotations, out: exported.display }) }
      printResult(given.json, result, [
        `${count(status.done, 'image')} of ${status.total} pre-labelled${stopped ? ' so far; run the same command again to go on' : ` in ${seconds} s`}: ${count(status.proposals, 'proposal')}, ${status.unnamed} without a class${status.failed === 0 ? '' : `, ${count(status.failed, 'image')} set aside`}`,
        ...(exported === undefined ? [] : [`${exported.display}: ${reportText(exported.report)}`]),
      ].join('\n'))
    })
  } finally {
    await queue.close()
  }
}

/**
 * Starts the job, or goes on with the one that was running, and waits for its end or for SIGINT or SIGTERM.
 * @throws EngineError when it pauses by itself (a full disk)
 */
async function follow(client: Session['client'], request: PrelabelRequest): Promise<{ status: PrelabelStatus; stopped: boolean }> {
  const bar = progressBar('pre-labelling')
  let stop = (): void => undefined
  const asked = new Promise<void>((resolve) => { stop = () => resolve() })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  let why = ''
  let lineAt = performance.now()
  const stopNotices = client.on('notice', ({ level, message }) => {
    if (level === 'error') why = message
    else if (level === 'warn') process.stderr.write(`${message}\n`)
  })
  let stopStatus = (): void => undefined
  const ended = new Promise<PrelabelStatus>((resolve) => {
    stopStatus = client.on('prelabel.status', (status) => {
      bar.show(status.done + status.failed, status.total, progressOf({ ...status, secondsLeft: null }))
      if (!process.stderr.isTTY && performance.now() - lineAt >= LINE_MS) {
        lineAt = performance.now()
        process.stderr.write(`${status.done + status.failed} of ${status.total} images: ${progressOf(status)}\n`)
      }
      if (status.state !== 'running') resolve(status)
    })
  })
  try {
    const before = await client.call('prelabel.status', {})
    const first = before.state === 'running' ? before : before.state === 'paused' ? await client.call('prelabel.resume', {}) : await client.call('prelabel.start', request)
    if (before.state === 'running' || before.state === 'paused') process.stderr.write(`going on with the job that was begun: ${before.done + before.failed} of ${before.total} images are done\n`)
    const last = first.state === 'running' ? await Promise.race([ended, asked]) : first
    if (last === undefined) return { status: await client.call('prelabel.status', {}), stopped: true }
    if (last.state === 'paused') throw new EngineError('unavailable', `stopped after ${last.done} of ${last.total} images. ${why}`)
    return { status: last, stopped: false }
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, stop)
    stopStatus()
    stopNotices()
    bar.end()
  }
}

/** "12.5 images/s, 1 h 20 min left, 3 set aside" */
function progressOf({ rate, secondsLeft, failed }: Pick<PrelabelStatus, 'rate' | 'secondsLeft' | 'failed'>): string {
  const minutes = Math.ceil((secondsLeft ?? 0) / 60)
  const left = secondsLeft === null ? undefined : secondsLeft < 90 ? `${Math.ceil(secondsLeft)} s left` : minutes < 60 ? `${minutes} min left` : `${Math.floor(minutes / 60)} h ${minutes % 60} min left`
  return [...(rate === null ? [] : [`${Number(rate.toPrecision(3))} images/s`]), ...(left === undefined ? [] : [left]), ...(failed === 0 ? [] : [`${failed} set aside`])].join(', ')
}
