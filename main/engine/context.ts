import type { EngineEvent } from '../contract/events.ts'
import type { Grant, LogLine } from '../contract/files.ts'
import type { PrelabelRequest, PrelabelStatus } from '../contract/jobs.ts'
import type { ClickQuestion } from '../contract/smart-click.ts'
import type { PictureTones } from '../contract/pictures.ts'
import type { Mask } from '../masks/mask.ts'
import type { ProjectFile } from '../project/project-file.ts'
import type { EngineOptions } from './engine.ts'
import type { Team } from './team.ts'

/** Lines a user can look at and export; also written to a file in the data folder. */
export interface Log {
  write(level: LogLine['level'], from: string, message: string): void
  recent(limit: number): LogLine[]
  /** writes everything kept to a file */
  exportTo(path: string): Promise<void>
}

/** Paths that a dialog, a drop or an allowed root gave, by opaque id. */
export interface Grants {
  give(path: string): Grant
  /** the path behind a grant; throws EngineError 'not-allowed' for anything else */
  pathOf(grant: string): string
}

/** The pre-label job of the open project (main/prelabel). */
export interface Prelabel {
  start(request: PrelabelRequest): PrelabelStatus
  /** as start; an unfinished job that was asked the same goes on instead, with the pictures that came since, and another gives way */
  goOn(request: PrelabelRequest): PrelabelStatus
  pause(): PrelabelStatus
  resume(): PrelabelStatus
  cancel(): PrelabelStatus
  status(): PrelabelStatus
  /** one image now, ahead of the job */
  image(imageId: number, how: Omit<PrelabelRequest, 'scope'>): Promise<{ proposals: number; unnamed: number; milliseconds: number }>
  /** the mask that clicks mean; nothing is stored */
  click(imageId: number, question: ClickQuestion): Promise<{ mask: Mask; part: number | null; milliseconds: number }>
  /** the mask with its outline on the picture's edges; nothing is stored */
  snap(imageId: number, mask: Mask, reachPx: number): Promise<{ mask: Mask; milliseconds: number }>
  /** which image a person looks at: it goes first */
  onScreen(imageId: number): void
  /** a person changed annotations of this image: what it teaches is learnt again */
  taught(imageId: number): void
  /** a person changed which classes are ticked for this image: its proposals are named anew */
  ticked(imageId: number): void
  /** what other settings or another method would propose; nothing is stored */
  preview(imageId: number, how: Omit<PrelabelRequest, 'scope'>): Promise<{ proposals: { mask: Mask; classId: number | null; score: number | null }[]; milliseconds: number }>
  /** for each mask that a person keeps on the image, the best IoU of what would be proposed */
  fit(imageId: number, how: Omit<PrelabelRequest, 'scope'>): Promise<number[]>
  /** how sure the names of the image's proposals are */
  sureness(imageId: number): Promise<{ id: number; margin: number; entropy: number; disagreement?: number; uncertainty: number }[]>
  close(): Promise<void>
}

/** What every group of handlers gets. */
export interface EngineContext {
  readonly options: EngineOptions
  readonly log: Log
  readonly grants: Grants
  /** the open project; throws EngineError 'no-project' */
  project(): { readonly file: ProjectFile; readonly prelabel: Prelabel; /** scans and imports, one after another */ inTurn<T>(work: () => Promise<T>): Promise<T> }
  /** what values a picture of the open project has */
  tones(imageId: number): Promise<PictureTones>
  /** who looks at what */
  readonly team: Team
  /** to every caller but the one named */
  emit(event: EngineEvent, exceptCallerId?: string): void
}
