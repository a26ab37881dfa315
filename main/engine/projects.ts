import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { EngineError } from '../contract/errors.ts'
import type { ProjectFile } from '../project/project-file.ts'
import type { Log, Prelabel } from './context.ts'

/** The open project and what runs on it. */
export interface ProjectSession {
  readonly file: ProjectFile
  readonly prelabel: Prelabel
  /** aborted when closing begins */
  readonly closing: AbortSignal
  /** closing waits for this work, so that the file does not vanish under it */
  during<T>(work: Promise<T>): Promise<T>
  /** runs work one after another: two scans of one folder must not both add the same file */
  inTurn<T>(work: () => Promise<T>): Promise<T>
}

/** Opens and closes projects, one at a time and one after another. */
export interface Projects {
  /** @throws EngineError no-project */
  current(): ProjectSession
  peek(): ProjectSession | undefined
  /** When opening fails, the project that was open stays open. */
  open(path: string, create?: { name: string }): Promise<ProjectSession>
  /** Ends the job, the scans and running calls in order, then closes the file. Does nothing when none is open. */
  close(): Promise<void>
}

interface Openers {
  readonly log: Log
  readonly openFile: (path: string, create: { name: string } | undefined) => ProjectFile
  readonly startPrelabel: (file: ProjectFile) => Prelabel
}

/** Running calls get this long to end before the file is closed under them, ms */
const PATIENCE = 10_000

export function createProjects({ log, openFile, startPrelabel }: Openers): Projects {
  let open: { readonly session: ProjectSession; readonly end: () => Promise<void> } | undefined
  let turn: Promise<unknown> = Promise.resolve()
  /** opening and closing never overlap */
  const exclusively = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work)
    turn = mine.catch(() => undefined)
    return mine
  }

  const start = (file: ProjectFile) => {
    const abort = new AbortController()
    const running = new Set<Promise<unknown>>()
    let queue: Promise<unknown> = Promise.resolve()
    const prelabel = startPrelabel(file)
    const session: ProjectSession = {
      file,
      prelabel,
      closing: abort.signal,
      during: async (work) => {
        const settled = work.then(() => undefined, () => undefined)
        running.add(settled)
        try {
          return await work
        } finally {
          running.delete(settled)
        }
      },
      inTurn: (work) => {
        const mine = queue.then(() => {
          abort.signal.throwIfAborted()
          return work()
        })
        queue = mine.catch(() => undefined)
        return mine
      },
    }
    const end = async () => {
      abort.abort(new EngineError('cancelled', 'the project was closed'))
      await prelabel.close().catch((error: unknown) => log.write('error', 'engine', `ending the job: ${String(error)}`))
      const late = await Promise.race([Promise.all([queue, ...running]).then(() => false), wait(PATIENCE, true, { ref: false })])
      if (late) log.write('warn', 'engine', `${running.size} calls were still running when the project was closed`)
      file.close()
    }
    return { session, end }
  }

  const closeOpen = async () => {
    const closing = open
    open = undefined
    await closing?.end()
  }

  return {
    peek: () => open?.session,
    current() {
      if (open === undefined) throw new EngineError('no-project', 'no project is open; open or create one first')
      return open.session
    },
    open: (path, create) => exclusively(async () => {
      if (open !== undefined && samePath(open.session.file.path, path)) return open.session
      const file = openFile(path, create)
      await closeOpen()
      try {
        open = start(file)
      } catch (error) {
        file.close()
        throw error
      }
      log.write('info', 'project', `opened ${file.path}`)
      return open.session
    }),
    close: () => exclusively(closeOpen),
  }
}

function samePath(a: string, b: string): boolean {
  const real = (path: string) => {
    try {
      return realpathSync(path)
    } catch {
      return resolve(path)
    }
  }
  return real(a) === real(b)
}
