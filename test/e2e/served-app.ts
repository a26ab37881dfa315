import { spawn, type ChildProcess } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export interface ServedApp {
  readonly url: string
  readonly process: ChildProcess
  /** everything it said so far */
  readonly output: () => string
  /** ends it as Ctrl+C would; resolves with its exit code */
  stop(): Promise<number | null>
}

/** Runs `maskwright serve …` as a user's terminal would, on a free port; resolves when it has printed its URL. */
export async function serveApp(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ServedApp> {
  const child = spawn(process.execPath, [join(ROOT, 'main/cli/maskwright.ts'), 'serve', '--port', '0', '--no-open', ...args], { cwd: ROOT, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      output += chunk.toString()
      const found = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(output)
      if (found !== null) resolve(found[0])
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    void ended.then((code) => reject(new Error(`serve ended with ${code} before it printed a URL:\n${output}`)))
  })
  return {
    url,
    process: child,
    output: () => output,
    stop: () => {
      child.kill('SIGINT')
      return ended
    },
  }
}
