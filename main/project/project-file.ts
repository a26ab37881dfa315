import type { Diff, HistoryEntry } from '../contract/diff.ts'
import type { ProposalName } from '../contract/events.ts'
import type { ImageFacets, ImageFilter, ImageFolder, ImageRow, ScannedPicture } from '../contract/images.ts'
import type { RememberedClass, RememberedMask } from '../contract/memory.ts'
import type { Annotation, Comment, ImageMark, LabelClass } from '../contract/records.ts'
import type { PrelabelRequest } from '../contract/jobs.ts'
import type { MethodName } from '../contract/methods.ts'
import type { Settings } from '../contract/settings.ts'
import type { AuditLine } from './audit.ts'
import type { StagedImport } from './staged-import.ts'

/** What the engine needs to read one image. */
export interface ImageLocation {
  readonly id: number
  readonly folderPath: string
  readonly path: string
  readonly width: number
  readonly height: number
  readonly revision: number
  readonly problem: string | null
}

/** What a count of annotations needs: no mask. */
export interface AnnotationOutline extends Pick<Annotation, 'classId' | 'state' | 'importedId'> {
  /** where its mask's box ends, px, exclusive */
  readonly right: number
  readonly bottom: number
}

export interface NewAnnotation extends Omit<Annotation, 'id' | 'version' | 'kind'> {}

/** A feature vector a person's annotation taught, for one pack. */
export interface MemoryEntry {
  readonly annotationId: number
  readonly imageId: number
  readonly classId: number
  readonly pack: string
  /** what made the vector (packs/checkpoint-key.ts); null: not known */
  readonly checkpoints: string | null
  readonly positive: boolean
  readonly vector: Float32Array
}

/** What a job's request comes to with the defaults of its pack as they were when it was made. */
export interface ResolvedJob {
  readonly method: MethodName
  readonly settings: Settings
}

export interface StoredJob {
  readonly id: number
  readonly request: PrelabelRequest
  /** null: of an older version */
  readonly resolved: ResolvedJob | null
  readonly state: 'running' | 'paused' | 'finished' | 'cancelled'
}

/** One open project: the SQLite file behind small repositories, one file each. Every write is a transaction. */
export interface ProjectFile {
  readonly path: string
  readonly id: string
  readonly name: string

  readonly folders: {
    list(): ImageFolder[]
    add(path: string): number
    relink(folderId: number, path: string): void
    pathOf(folderId: number): string
  }
  readonly images: {
    /** Every image of a folder, missing ones included: for the sync. */
    ofFolder(folderId: number): (ScannedPicture & { id: number; missing: boolean; revision: number })[]
    /** Adds, changes and marks missing in one transaction; labels are never dropped. Returns ids of added rows. */
    applyScan(folderId: number, changes: { added: ScannedPicture[]; changed: { id: number; image: ScannedPicture }[]; missing: number[]; returned: number[] }): number[]
    page(filter: ImageFilter, offset: number, limit: number): { total: number; rows: ImageRow[] }
    place(filter: ImageFilter, imageId: number): number | null
    row(imageId: number): ImageRow | undefined
    location(imageId: number): ImageLocation | undefined
    /** Marks of the images for which a class is ticked. O(images) */
    ticking(classId: number): ImageMark[]
    /** around the end of the filtered list; `from` is the place to begin at, when the image's own would be wrong */
    nextUnfinished(imageId: number | null, direction: 'next' | 'previous', filter?: ImageFilter, from?: number): number | null
    facets(): ImageFacets
    /** Images without a person's annotations (kept or rejected), not done, not missing, without problem: what a job may pre-label. */
    untouched(): number[]
    /** At most `limit` images with masks that a person keeps, spread evenly over all of them, in id order. */
    withKept(limit: number): number[]
    /** Images with proposals, not done, not missing, without problem, in order. */
    withPending(): number[]
    counts(): { images: number; done: number; annotations: number }
    /** Streams what an import compares its images with, in id order; `annotated`: it holds annotations of any state. */
    forMatching(): IterableIterator<{ id: number; path: string; width: number; height: number; annotated: boolean }>
    /** Streams every image with its imported id, file name and carried keys, in id order. */
    forExport(): IterableIterator<{ row: ImageRow; folderPath: string; importedId: number | null; fileName: string | null; carried: Record<string, unknown> | null }>
  }
  readonly classes: {
    list(): LabelClass[]
  }
  readonly comments: {
    /** oldest first */
    ofImage(imageId: number): Comment[]
  }
  readonly annotations: {
    ofImage(imageId: number): Annotation[]
    /** the same without masks, in no order: an order of magnitude quicker */
    outlinesOf(imageId: number): AnnotationOutline[]
    /** Who made accepted, fixed and drawn masks with a class, most first: people, and files they were imported from. O(annotations) */
    makers(): { name: string; masks: number }[]
    /** on every image; O(its annotations) */
    ofClass(classId: number): Annotation[]
    /** One transaction: removes this image's pending proposals but the locked ones, adds these. Does nothing and returns null when a person has meanwhile finished the image. */
    replacePending(imageId: number, proposals: readonly NewAnnotation[], uncertainty?: number | null): Diff | null
    /**
     * One transaction: gives proposals other names and scores, and the image its uncertainty. Only proposals that nobody has
     * touched (version 0, pending, not locked) are named anew; their version stays, so that what a person does to one at the
     * same moment, having seen the old name, is stored and wins.
     * @returns those that changed; none when a person has finished the image
     */
    renamePending(imageId: number, names: readonly ProposalName[], uncertainty: number | null): ProposalName[]
    /**
     * Person-made or reviewed annotations with a class (accepted, fixed, drawn; and rejected) that `pack` has not learnt with
     * these checkpoints yet, by image, at most `limit` images. With `imageId` only that image's: O(its annotations); without, O(all
     * annotations) once everything is learnt (0.28 s for 1,000,000), so for the start of a job.
     */
    untaught(pack: string, checkpoints: string, limit: number, imageId?: number): { imageId: number; annotations: Annotation[] }[]
  }
  readonly history: {
    /**
     * Applies a diff and its history row in one transaction. Throws EngineError 'stale' and changes nothing when a version
     * does not fit; its details are `{ current: ProjectRecord[], gone: { kind, id }[] }`. `imageId` is the line of edits
     * that the answer's undo and redo are of: for a new edit its scope, for an undo or redo the image on screen (the
     * entry itself may be of the class list).
     */
    apply(edit: { diff: Diff; imageId: number | null; label: string; author: string; undoes?: number | undefined; redoes?: number | undefined }): { undo: HistoryEntry | null; redo: HistoryEntry | null }
    /** Several new edits, all or none. */
    applyAll(edits: readonly Parameters<ProjectFile['history']['apply']>[0][]): void
    /** next undo / redo in the scope of an image (its edits and the class list's) */
    steps(imageId: number | null): { undo: HistoryEntry | null; redo: HistoryEntry | null }
    /**
     * The diff of the next step at current versions. Parts whose record has changed or gone since (a job has replaced the
     * proposal) are left out; a step of which nothing is left is dropped, and the one after it is given.
     */
    step(imageId: number | null, direction: 'undo' | 'redo'): { entry: HistoryEntry; diff: Diff } | null
    page(imageId: number | null, limit: number): HistoryEntry[]
  }
  /** who changed what and when; every edit writes its line itself, in its transaction */
  readonly audit: {
    add(who: string, what: string, imageId?: number | null, counts?: { added: number; updated: number; removed: number }): void
    /** from the first on */
    lines(): IterableIterator<AuditLine>
  }
  readonly ids: { reserve(count: number): number }
  readonly jobs: {
    create(request: PrelabelRequest, resolved: ResolvedJob, imageIds: readonly number[]): StoredJob
    /** adds the images that the job has not yet */
    extend(jobId: number, imageIds: readonly number[]): void
    /** the job that was running or paused when the project was last closed */
    unfinished(): StoredJob | undefined
    /** what the newest job was asked, whatever became of it */
    lastRequest(): PrelabelRequest | undefined
    setState(jobId: number, state: StoredJob['state']): void
    /** next image ids still to do, in order */
    todo(jobId: number, limit: number): number[]
    finish(jobId: number, imageId: number, result: { proposals: number; unnamed: number } | { problem: string }): void
    counts(jobId: number): { total: number; done: number; failed: number; proposals: number; unnamed: number }
    problems(jobId: number, limit: number): { imageId: number; path: string; reason: string }[]
  }
  readonly memory: {
    /**
     * An entry with an empty vector says that its annotation was looked at and teaches nothing. An entry whose annotation
     * is gone, or says something else by now, is left out. What an annotation taught is forgotten by itself when its
     * mask, class or state changes or it is removed. One that was muted meanwhile stays so.
     */
    put(entries: readonly MemoryEntry[]): void
    forget(annotationIds: readonly number[]): void
    /** A mask teaches nothing any more, until it is changed. @returns images of what was muted: one, or none */
    mute(annotationId: number): number[]
    /** names of the packs that remember something */
    packs(): string[]
    /** what speaks for and against each class, those with the most first */
    classes(): RememberedClass[]
    /** the masks of one class, the newest first */
    page(classId: number, offset: number, limit: number): { total: number; rows: RememberedMask[] }
    /** images with vectors that other checkpoints of the pack made, the one labelled last at the end. O(what is remembered) */
    outdated(pack: string, checkpoints: string): number[]
    /** of these checkpoints; null: of whichever */
    all(pack: string, checkpoints?: string | null): MemoryEntry[]
  }
  /** small key-value facts of the project: carried top-level keys of an imported file, the page's choices */
  readonly meta: { get(key: string): unknown; set(key: string, value: unknown): void }

  /** Starts an import that gathers beside the project and then joins it, all or nothing; for files of any size. */
  stageImport(): StagedImport
  /** Everything that `work` writes through this project is one transaction: all of it is stored, or, when it throws, nothing. */
  together<T>(work: () => T): T
  /** SQLite's online backup; resolves with its size in bytes. */
  backup(toPath: string): Promise<number>
  close(): void
}
