import { Command, InvalidArgumentError } from 'commander'
import { EngineError } from '../contract/errors.ts'
import type { DeviceChoice } from '../contract/jobs.ts'
import { forkNode } from '../engine/fork-node.ts'
import type { FolderMap } from '../queue/fetch-picture.ts'
import { deviceOption, packOption } from './pack-argument.ts'
import { PIPELINE_ENTRY } from './places.ts'
import { PICTURES_TOKEN } from './queue-options.ts'
import { count } from './report-text.ts'

interface Arguments {
  readonly queue: string
  readonly pack: string
  readonly device: DeviceChoice
  readonly concurrency: number
  readonly map: readonly FolderMap[]
  readonly pictures?: string
  readonly takeOver: number
}

function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < from || value > to) throw new InvalidArgumentError(`a whole number from ${from} to ${to}.`)
    return value
  }
}

function addMap(text: string, before: readonly FolderMap[]): FolderMap[] {
  const at = text.indexOf('=')
  const from = text.slice(0, at), to = text.slice(at + 1)
  if (at < 1 || to === '') throw new InvalidArgumentError('it is written FROM=TO, for example /data/photos=/mnt/photos.')
  return [...before, { from: from.length > 1 ? from.replace(/\/+$/, '') : from, to }]
}

/** `maskwright worker`: makes the proposals that a coordinator's queue asks for, until it is stopped. */
export function workerCommand(): Command {
  return new Command('worker')
    .description('make proposals for a coordinator (prelabel --queue, serve --queue), on as many machines as there are')
    .requiredOption('--queue <url>', 'the Redis server that the coordinator uses')
    .addOption(packOption('models to use; a worker only gets images for its pack').default('classic'))
    .addOption(deviceOption())
    .option('--concurrency <n>', 'images at once, each in a process of its own', wholeNumber(1, 64), 1)
    .option('--map <from=to>', 'a folder of the coordinator and where it is here: a folder, or s3://bucket/prefix; may be repeated', addMap, [])
    .option('--pictures <url>', `take pictures from the coordinator (its --serve-pictures); its token is in $${PICTURES_TOKEN}`)
    .option('--take-over <seconds>', 'without a sign of life for this long, a worker’s images go to another', wholeNumber(1, 3600), 30)
    .addHelpText('after', `
SIGTERM or Ctrl+C: the images being worked on are finished, the rest goes back to the queue.

Examples:
  maskwright worker --queue redis://10.0.0.5:6379 --map /data/photos=/mnt/photos
  maskwright worker --queue redis://10.0.0.5:6379 --pictures http://10.0.0.5:8765/ --concurrency 2
  maskwright worker --queue redis://10.0.0.5:6379 --map /data/photos=s3://bucket/photos`)
    .action(async (given: Arguments) => run(given))
}

async function run(given: Arguments): Promise<void> {
  const say = (message: string): void => { process.stderr.write(`${message}\n`) }
  let http: { url: string; token: string } | undefined
  if (given.pictures !== undefined) {
    if (!/^https?:\/\/./.test(given.pictures) || !URL.canParse(given.pictures)) throw new EngineError('bad-input', `--pictures ${given.pictures}: the address that the coordinator printed begins with http:// or https://`)
    const token = process.env[PICTURES_TOKEN]
    if (token === undefined || token === '') throw new EngineError('bad-input', `--pictures needs the coordinator’s token in the environment variable ${PICTURES_TOKEN}`)
    http = { url: given.pictures, token }
  }
  const [{ connectRedis }, { createPictureFetcher }, { runWorker }] = await Promise.all([import('../queue/redis.ts'), import('../queue/fetch-picture.ts'), import('../queue/run-worker.ts')])
  const link = await connectRedis(given.queue, say)
  const worker = runWorker({
    link, pack: given.pack, device: given.device, concurrency: given.concurrency, pictures: createPictureFetcher(given.map, http),
    pipeline: { fork: forkNode, entry: PIPELINE_ENTRY }, log: (_level, message) => say(message), takeOverMs: given.takeOver * 1000,
  })
  const stop = (): void => worker.stop()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  say(`worker ${process.pid} waits at ${link.display} for images for the pack ${given.pack}, ${given.concurrency} at once`)
  try {
    await worker.ended
    const { images, failed } = worker.counts()
    process.stdout.write(`${count(images, 'image')} done, ${failed} set aside\n`)
  } finally {
    link.close()
  }
}
