// A pipeline process whose work is to wait STAND_IN_MS: every picture has the same three regions. What a picture is called
// says what else happens to it: `error` is answered with a failure, `crash` ends this process, `kill` ends the worker too.
import { basename } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Mask } from '../../../main/masks/mask.ts'
import { encodePlane } from '../../../main/masks/rle.ts'
import type { FromPipeline, ToPipeline } from '../../../main/pipeline/messages.ts'

const MS = Number(process.env['STAND_IN_MS'] ?? 20)
const WIDTH = 320, HEIGHT = 240
const send = (message: FromPipeline): void => { process.send?.(message) }

function band(at: number): Mask {
  const plane = new Uint8Array(WIDTH * HEIGHT)
  plane.fill(1, at * 60 * WIDTH, (at * 60 + 40) * WIDTH)
  return encodePlane(plane, WIDTH, HEIGHT)
}
const proposals = [0, 1, 2].map((at) => ({ mask: band(at), areaPx2: 40 * WIDTH, vector: new Float32Array(8).fill(at) }))

process.on('message', (message) => {
  const { id, kind, input } = message as ToPipeline
  void (async () => {
    if (kind !== 'propose') throw new Error(`the stand-in only proposes, it was asked to ${kind}`)
    const picture = basename(input.path)
    if (picture.includes('kill')) process.kill(process.ppid, 'SIGKILL')
    if (picture.includes('crash')) process.exit(3)
    await wait(MS)
    if (picture.includes('error')) send({ kind: 'answer', id, memoryBytes: 0, ok: false, code: 'bad-file', message: 'it is made of poison' })
    else send({ kind: 'answer', id, memoryBytes: 0, ok: true, value: { proposals, width: WIDTH, height: HEIGHT, device: 'stand-in', timings: { decode: 0, features: 0, affinity: 0, clusters: 0, upsampling: 0, masks: 0 } } })
  })()
})
process.on('disconnect', () => process.exit(0))
send({ kind: 'ready', device: 'stand-in', memoryBytes: 0 })
