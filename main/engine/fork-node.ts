import { fork } from 'node:child_process'
import type { Fork } from './engine.ts'

/**
 * Forks a module with plain Node (`serve`, the command line, tests); structured clone both ways. What it prints goes to
 * standard error, because standard output belongs to results. `kill` is SIGKILL: killing the pipeline is cancelling it.
 */
export const forkNode: Fork = (entry, args) => {
  const child = fork(entry, [...args], { serialization: 'advanced', execArgv: ['--disable-warning=ExperimentalWarning'], stdio: ['ignore', 2, 2, 'ipc'] })
  let ended: string | undefined
  const listeners: ((reason: string) => void)[] = []
  const end = (reason: string) => {
    if (ended !== undefined) return
    ended = reason
    for (const listener of listeners) listener(reason)
  }
  child.once('exit', (code, signal) => end(signal ?? `exit code ${code ?? 'unknown'}`))
  child.once('error', (error) => end(`could not be started: ${error.message}`))
  return {
    pid: child.pid,
    // a failed send is not reported here: the channel only closes when the process ends, and that is
    send: (message) => { if (child.connected) child.send(message as object, () => undefined) },
    onMessage: (listener) => { child.on('message', listener) },
    onExit: (listener) => {
      if (ended === undefined) listeners.push(listener)
      else listener(ended)
    },
    kill: () => { child.kill('SIGKILL') },
  }
}
