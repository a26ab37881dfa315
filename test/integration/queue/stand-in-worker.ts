// A worker as `maskwright worker` runs it, but for its pipeline process: that is the stand-in.
import { join } from 'node:path'
import { forkNode } from '../../../main/engine/fork-node.ts'
import { createPictureFetcher } from '../../../main/queue/fetch-picture.ts'
import { connectRedis } from '../../../main/queue/redis.ts'
import { runWorker } from '../../../main/queue/run-worker.ts'

const say = (message: string): void => { process.stderr.write(`${message}\n`) }
const [url, concurrency = '1'] = process.argv.slice(2)
const link = await connectRedis(url, say)
const worker = runWorker({
  link, pack: 'classic', concurrency: Number(concurrency), pictures: createPictureFetcher([], undefined),
  pipeline: { fork: forkNode, entry: join(import.meta.dirname, 'stand-in-pipeline.ts') }, log: (_level, message) => say(message), takeOverMs: 1000,
})
process.on('SIGTERM', () => worker.stop())
say('ready')
await worker.ended
link.close()
process.stdout.write(JSON.stringify(worker.counts()))
process.exit(0)
