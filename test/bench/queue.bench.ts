import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PrelabelRequest } from '../../main/contract/jobs.ts'
import { createPrelabel } from '../../main/prelabel/prelabel.ts'
import { openProjectFile } from '../../main/project/open-project-file.ts'
import { connectRedis } from '../../main/queue/redis.ts'
import { createRedisCrew } from '../../main/queue/redis-crew.ts'
import { standInWorker } from '../integration/queue/processes.ts'
import { startRedis } from '../integration/queue/redis-server.ts'
import { atMost, type BenchResult } from './figures.ts'

const TASK_MS = 200
const WORKERS = 4
const PER_WORKER = 60
const START_WAIT_MS = 30_000

interface Run { readonly perSecond: number; readonly coordinatorMs: number }

/** Images a second between the first and the last stored, and the coordinator's processor time for each. */
async function measure(folder: string, workers: number): Promise<Run> {
  const images = workers * PER_WORKER
  const pictures = join(folder, `pictures-${workers}`)
  mkdirSync(pictures)
  const names = Array.from({ length: images }, (_, index) => `${index}.jpg`)
  for (const name of names) writeFileSync(join(pictures, name), '')
  const file = openProjectFile(join(folder, `${workers}.maskwright`), { create: { name: 'bench' } })
  file.images.applyScan(file.folders.add(pictures), { added: names.map((path) => ({ path, width: 320, height: 240, bytes: 1, modified: 1.7e12, fingerprint: path, problem: null, remark: null })), changed: [], missing: [], returned: [] })
  const redis = await startRedis()
  const link = await connectRedis(redis.url, () => undefined)
  const started = Array.from({ length: workers }, () => standInWorker(redis.url, TASK_MS))
  const quiet = { write: () => undefined, recent: () => [], exportTo: () => Promise.resolve() }
  const stored: number[] = []
  let cpu: NodeJS.CpuUsage | undefined
  let finish = (): void => undefined
  const finished = new Promise<void>((resolve) => { finish = resolve })
  const prelabel = createPrelabel({
    file, log: quiet,
    options: { fork: () => { throw new Error('the coordinator of this benchmark needs no pipeline') }, pipelineEntry: '', crew: createRedisCrew(link, () => undefined) },
    emit(event) {
      if (event.name !== 'prelabel.status') return
      const { done, state } = event.data
      if (done > 0) cpu ??= process.cpuUsage()
      while (stored.length < done) stored.push(performance.now())
      if (state === 'finished') finish()
    },
  })
  // every worker waits before the first image is handed out
  const until = performance.now() + START_WAIT_MS
  while (started.some(({ said }) => !said().includes('ready'))) {
    if (performance.now() > until) throw new Error('the workers do not start')
    await new Promise((resolve) => { setTimeout(resolve, 50) })
  }
  prelabel.start(PrelabelRequest.parse({ scope: 'untouched' }))
  await finished
  const used = process.cpuUsage(cpu)
  await prelabel.close()
  for (const { process: child } of started) child.kill('SIGKILL')
  link.close()
  await redis.close()
  file.close()
  // the first image of each worker waits for its pipeline to start
  const steady = stored.slice(workers * 2)
  const seconds = ((steady.at(-1) ?? 0) - steady[0]) / 1000
  return { perSecond: (steady.length - 1) / seconds, coordinatorMs: (used.user + used.system) / 1000 / stored.length }
}

/** A queue of pictures that take 200 ms each, by one and by four workers. */
export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-bench-queue-'))
  try {
    const one = await measure(folder, 1)
    const four = await measure(folder, WORKERS)
    const share = (four.perSecond / (WORKERS * one.perSecond)) * 100
    const ideal = (four.perSecond / ((WORKERS * 1000) / TASK_MS)) * 100
    return {
      figures: {
        'four workers, of four times one worker': { value: share, unit: '%', target: '≥ 95 %', holds: share >= 95, reference: WORKERS * one.perSecond, ratio: four.perSecond / one.perSecond },
        'four workers, of four tasks of 200 ms at once': { value: ideal, unit: '%', target: '≥ 95 %', holds: ideal >= 95 },
        'the coordinator’s processor time for an image': atMost(four.coordinatorMs, 5, 'ms'),
      },
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
