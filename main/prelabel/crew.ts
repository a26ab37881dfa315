import type { PipelineAnswers, PipelineRequests } from '../pipeline/messages.ts'

/** Where a picture lies, for a machine that may see its folder elsewhere. */
export interface PicturePlace {
  /** absolute, as the project has it */
  readonly folder: string
  /** inside the folder, forward slashes */
  readonly path: string
}

/** What is asked about one image; the path is the worker's to fill in. */
export interface CrewRequest {
  readonly place: PicturePlace
  readonly input: Omit<PipelineRequests['propose'], 'path'>
}

export type CrewResult = { readonly found: PipelineAnswers['propose'] } | { readonly problem: string }

/** One job as a crew works on it. */
export interface CrewRun {
  /** of project and job, the same after a restart: an image is written once per run */
  readonly id: string
  readonly pack: string
  /** images still to do; shrinks as they are taken, also by others than the crew */
  readonly todo: ReadonlySet<number>
  /** Throws EngineError when the image can't be asked about. */
  request(imageId: number): CrewRequest
  /** Stores a result for good before it resolves; one that is not wanted any more is dropped. Throws when nothing can be stored. */
  take(imageId: number, result: CrewResult): Promise<void>
  /** No worker is there, or one has come: for the person who waits. */
  alone(isAlone: boolean): void
}

/** Why a crew stops before its end: `closed` leaves what was handed out where it is, so that the next session goes on with it. */
export type CrewStop = 'paused' | 'closed'

/** Other machines that make a job's proposals (main/queue); naming and writing stay with the project. */
export interface Crew {
  /** Resolves when every image of the run was taken, or once `stop` was called. Throws what `take` threw. */
  work(run: CrewRun): Promise<void>
  stop(why: CrewStop): Promise<void>
}
