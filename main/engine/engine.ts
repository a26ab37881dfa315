import type { Answer } from '../contract/client.ts'
import type { EngineEvent } from '../contract/events.ts'
import type { ScanReport } from '../contract/images.ts'
import type { TransferReport } from '../contract/transfer.ts'
import type { Crew } from '../prelabel/crew.ts'
import type { PicturePart } from '../images/pictures.ts'
import type { Caller } from './caller.ts'

/** A message channel to a forked process: `child_process.fork`'s, or Electron's `utilityProcess.fork`'s. */
export interface ForkedProcess {
  readonly pid: number | undefined
  /** structured clone both ways (typed arrays arrive as typed arrays) */
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** once; signal or exit code as text */
  onExit(listener: (reason: string) => void): void
  kill(): void
}
export type Fork = (entry: string, args: readonly string[]) => ForkedProcess

/** Native dialogs, where the shell has them. Returns absolute paths; empty when cancelled. */
export interface Dialogs {
  pick(purpose: string, suggestedName: string | undefined): Promise<string[]>
}

export interface EngineOptions {
  readonly shell: 'electron' | 'serve' | 'cli'
  readonly fork: Fork
  /** file the pipeline process runs: main/pipeline/entry.ts, or its bundle */
  readonly pipelineEntry: string
  /** where caches, the log and the list of recent projects live; created when missing */
  readonly dataFolder: string
  /** folders that `files.browse` may list; none: no browsing (Electron) */
  readonly roots: readonly string[]
  readonly dialogs?: Dialogs
  /** other machines that make a job's proposals (main/queue); without it, this one's pipeline process does */
  readonly crew?: Crew
  /** development and tests: check handlers' outputs against the contract too */
  readonly checkOutputs?: boolean
}

/** A picture as HTTP would carry it. */
export interface Picture {
  readonly bytes: Uint8Array
  readonly contentType: string
}

/** The engine as its shells see it. */
export interface Engine {
  /** Never throws: failures come as data. */
  call(name: string, input: unknown, caller: Caller): Promise<Answer>
  /** Events for one caller, in order with its answers. */
  subscribe(caller: Caller, listener: (event: EngineEvent) => void): () => void
  /** A part of the pyramid of an image of the open project; undefined: there is no such picture or part. */
  picture(imageId: number, part: PicturePart): Promise<Picture | undefined>
  /** Opens or creates a project by path: for shells and the command line only, never for a page. */
  openProject(path: string, options?: { create?: { name: string } }): Promise<void>
  /** Adds and scans a folder by path: likewise. */
  addFolder(path: string): Promise<ScanReport>
  /** Joins a data set with the open project by path: likewise. */
  importDataSet(path: string): Promise<TransferReport>
  close(): Promise<void>
}
