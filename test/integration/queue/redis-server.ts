import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ensureRedis } from '../../../build/redis.mjs'

export interface RedisServer {
  readonly url: string
  /** kills it as a power cut would; what it held is gone */
  kill(): Promise<void>
  /** the same address, empty */
  startAgain(): Promise<void>
  close(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => { server.close(resolve) })
  return port
}

const answers = (port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
  socket.on('data', (bytes) => {
    socket.destroy()
    resolve(bytes.toString().startsWith('+PONG'))
  })
  socket.on('error', () => resolve(false))
})

/** A Redis server that stores nothing on disk, on a free loopback port. */
export async function startRedis(): Promise<RedisServer> {
  const program = ensureRedis()
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-redis-'))
  const port = await freePort()
  let child: ChildProcess | undefined
  let ended = Promise.resolve<unknown>(undefined)
  const start = async (): Promise<void> => {
    let said = ''
    const mine = spawn(program, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder], { stdio: ['ignore', 'pipe', 'pipe'] })
    mine.stdout.on('data', (bytes: Buffer) => { said += bytes.toString() })
    child = mine
    ended = new Promise((resolve) => { mine.on('exit', resolve) })
    for (let tries = 0; !(await answers(port)); tries++) {
      if (mine.exitCode !== null || tries > 300) throw new Error(`${program} does not answer:\n${said}`)
      await wait(50)
    }
  }
  const kill = async (): Promise<void> => {
    child?.kill('SIGKILL')
    await ended
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    startAgain: start,
    async close() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
