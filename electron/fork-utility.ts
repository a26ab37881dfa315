import { utilityProcess } from 'electron'
import type { Fork } from '../main/engine/engine.ts'

/** The pipeline process as Electron's utility process: structured clone both ways, and no window of its own. */
export const forkUtility: Fork = (entry, args) => {
  const child = utilityProcess.fork(entry, [...args], { serviceName: 'Maskwright pipeline', stdio: 'inherit' })
  let ended: string | undefined
  const listeners: ((reason: string) => void)[] = []
  // unheard, it would end the app; what it says is on standard error, and 'exit' follows
  child.on('error', () => undefined)
  child.once('exit', (code) => {
    ended = `exit code ${code}`
    for (const listener of listeners) listener(ended)
  })
  return {
    get pid() { return child.pid },
    send: (message) => { if (ended === undefined) child.postMessage(message) },
    onMessage: (listener) => { child.on('message', listener) },
    onExit: (listener) => {
      if (ended === undefined) listeners.push(listener)
      else listener(ended)
    },
    kill: () => {
      const { pid } = child
      // `kill` asks politely, and a process inside a long run of a model does not hear; killing it is how a job is cancelled
      if (pid === undefined) child.kill()
      else process.kill(pid, 'SIGKILL')
    },
  }
}
