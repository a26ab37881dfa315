import { z } from 'zod'
import { AgreementQuestion, AgreementReport, MaskMaker } from './agreement.ts'
import { ClassEntry } from './class-list.ts'
import { Diff, HistoryEntry } from './diff.ts'
import { Grant, LogLine, PickPurpose } from './files.ts'
import { ImageFacets, ImageFilter, ImageFolder, ImageRow, ScanReport } from './images.ts'
import { PipelineState, PrecisionChoice, PrelabelRequest, PrelabelStatus } from './jobs.ts'
import { PictureTones } from './pictures.ts'
import { RememberedClass, RememberedMask } from './memory.ts'
import { MethodName, PackName } from './methods.ts'
import { PackBenchmark, PackInfo, PackManifest, PackProgress, PackReport } from './packs.ts'
import { Annotation, AnnotationState, Comment, Id, ImageState, LabelClass, Mask, PersonName, ReviewVerdict } from './records.ts'
import { Role } from './role.ts'
import { PackSettings, SomeSettings } from './settings.ts'
import { Lease, TeamMember } from './team.ts'
import { ClickQuestion } from './smart-click.ts'
import { ExportOptions, ImportOptions, TransferReport } from './transfer.ts'

const Nothing = z.strictObject({})

export const ProjectInfo = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** for display only */
  display: z.string(),
  imageCount: z.int(),
  doneCount: z.int(),
  annotationCount: z.int(),
  folders: z.array(ImageFolder),
  classes: z.array(LabelClass),
  /** pack of the newest job; null before the first */
  lastPack: PackManifest.shape.name.nullable(),
})
export type ProjectInfo = z.infer<typeof ProjectInfo>

/** Everything the page needs of one image. `undo` and `redo` are the history entries the next Ctrl+Z / Ctrl+Shift+Z would take. */
export const OpenImage = z.strictObject({
  image: ImageRow,
  annotations: z.array(Annotation),
  /** oldest first */
  comments: z.array(Comment),
  undo: HistoryEntry.nullable(),
  redo: HistoryEntry.nullable(),
  /** pyramid levels: level k is the size divided by 2^k; /pictures/{id}/{revision}/mip/{level} serves those that are not tiled (pictures.ts) */
  mipLevels: z.int().positive(),
})
export type OpenImage = z.infer<typeof OpenImage>

/**
 * Every procedure: name → input and output. Handlers, preload, WebSocket host and client derive from this table;
 * a missing handler is a compile error. Failures come as `Failure` data (errors.ts).
 */
export const PROCEDURES = {
  'app.info': {
    input: Nothing,
    output: z.strictObject({
      version: z.string(),
      shell: z.enum(['electron', 'serve', 'cli']),
      /** whether files.pick opens a native dialog; otherwise the page shows files.browse */
      nativeDialogs: z.boolean(),
      project: z.boolean(),
      /** who the caller is: what this page does is signed so */
      person: z.string(),
      /** what the caller may do in a team; null: no team, everything */
      role: Role.nullable(),
      pipeline: PipelineState,
    }),
  },
  'app.log': { input: z.strictObject({ limit: z.int().min(1).max(5000).default(500) }), output: z.strictObject({ lines: z.array(LogLine) }) },
  'app.exportLog': { input: z.strictObject({ folder: z.string(), name: z.string().min(1).max(200) }), output: z.strictObject({ display: z.string() }) },

  /** Native dialog. Empty list: cancelled. */
  'files.pick': { input: z.strictObject({ purpose: PickPurpose, suggestedName: z.string().max(200).optional() }), output: z.strictObject({ grants: z.array(Grant) }) },
  /** Without a native dialog: lists an allowed root (no grant) or a granted folder; each entry is itself a grant. */
  'files.browse': {
    input: z.strictObject({ grant: z.string().optional() }),
    output: z.strictObject({ here: Grant.nullable(), parent: Grant.nullable(), entries: z.array(Grant) }),
  },

  'project.recent': { input: Nothing, output: z.strictObject({ projects: z.array(Grant) }) },
  /** Creates `name`.maskwright in the granted folder, or at the granted file, and opens it. */
  'project.create': { input: z.strictObject({ grant: z.string(), name: z.string().trim().min(1).max(120) }), output: ProjectInfo },
  'project.open': { input: z.strictObject({ grant: z.string() }), output: ProjectInfo },
  'project.info': { input: Nothing, output: ProjectInfo },
  'project.close': { input: Nothing, output: Nothing },
  /** SQLite's online backup, beside the project unless a folder was granted. */
  'project.backup': { input: z.strictObject({ folder: z.string().optional() }), output: z.strictObject({ display: z.string(), bytes: z.int() }) },

  'folder.add': { input: z.strictObject({ grant: z.string() }), output: ScanReport },
  'folder.sync': { input: z.strictObject({ folderId: Id }), output: ScanReport },
  'folder.relink': { input: z.strictObject({ folderId: Id, grant: z.string() }), output: ScanReport },

  'images.page': {
    input: z.strictObject({ filter: ImageFilter.default({}), offset: z.int().nonnegative(), limit: z.int().min(1).max(500) }),
    output: z.strictObject({ total: z.int(), rows: z.array(ImageRow) }),
  },
  /** Place of an image in a filtered list; null when the filter leaves it out. */
  'images.place': { input: z.strictObject({ filter: ImageFilter.default({}), imageId: Id }), output: z.strictObject({ offset: z.int().nullable() }) },
  /** State, names or verdict of many images, as one edit of each of those it changes. What can't be shown is not marked done. */
  'images.mark': {
    input: z.strictObject({
      imageIds: z.array(Id).min(1).max(100_000),
      patch: z.strictObject({ state: ImageState, assignee: PersonName.nullable(), reviewer: PersonName.nullable(), review: ReviewVerdict.nullable() }).partial(),
    }),
    output: z.strictObject({ images: z.int() }),
  },
  /** The annotations of an image at the size of a thumbnail. `labels` is u8[height, width]: 0 none, k the k-th of `annotations`. */
  'images.overlay': {
    input: z.strictObject({ imageId: Id, longSide: z.int().min(8).max(512) }),
    output: z.strictObject({
      width: z.int(),
      height: z.int(),
      labels: z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'bytes expected'),
      annotations: z.array(z.strictObject({ classId: Id.nullable(), state: AnnotationState })),
    }),
  },
  'images.facets': { input: Nothing, output: ImageFacets },
  /**
   * The next image that is not done and can be shown, in the order of the filter, around its end. `from` is the place to begin
   * at, for an image that its last edit has moved or taken out of the list; without it, the place after the image. In a team images
   * that others are editing are passed over while there is another.
   */
  'images.nextUnfinished': {
    input: z.strictObject({ imageId: Id.nullable(), direction: z.enum(['next', 'previous']), filter: ImageFilter.default({}), from: z.int().optional() }),
    output: z.strictObject({ imageId: Id.nullable() }),
  },
  /** Also tells the job which image is on screen. */
  'image.open': { input: z.strictObject({ imageId: Id }), output: OpenImage },
  /** What values the channels of an image's picture have: for window and level of 16-bit pictures. */
  'image.tones': { input: z.strictObject({ imageId: Id }), output: PictureTones },

  /** Reserves `count` record ids for new records of this page. */
  'ids.reserve': { input: z.strictObject({ count: z.int().min(1).max(100_000) }), output: z.strictObject({ from: Id }) },
  /**
   * Writes one edit with its history row in one transaction, before it answers.
   * `undoes` / `redoes` name the entry this edit takes back or repeats: it is then marked instead of a new one written.
   */
  'diff.apply': {
    input: z.strictObject({
      diff: Diff,
      imageId: Id.nullable(),
      label: z.string().min(1).max(60),
      /** the project the edit was made in: one that waited while another window switched projects is refused, not misplaced */
      projectId: z.string().max(100).optional(),
      undoes: z.int().positive().optional(),
      redoes: z.int().positive().optional(),
    }),
    output: z.strictObject({ undo: HistoryEntry.nullable(), redo: HistoryEntry.nullable() }),
  },
  /** The diff to apply for the next undo or redo of this image (class-list edits included), at current versions. */
  'history.step': {
    input: z.strictObject({ imageId: Id.nullable(), direction: z.enum(['undo', 'redo']) }),
    output: z.strictObject({ entry: HistoryEntry.nullable(), diff: Diff.nullable() }),
  },
  'history.page': { input: z.strictObject({ imageId: Id.nullable(), limit: z.int().min(1).max(500) }), output: z.strictObject({ entries: z.array(HistoryEntry) }) },

  /**
   * Takes a class out of the list and gives all its annotations, on every image, another one (or none), as one edit of
   * the class list that can be undone. `by` takes over its names as synonyms. The page reloads afterwards.
   */
  'classes.replace': { input: z.strictObject({ classId: Id, by: Id.nullable() }), output: z.strictObject({ annotations: z.int(), images: z.int() }) },
  /** The classes of a list file: .txt with one name a line, or .json (names, our own lists, CVAT's labels, COCO). Changes nothing. */
  'classes.read': { input: z.strictObject({ grant: z.string() }), output: z.strictObject({ classes: z.array(ClassEntry) }) },
  /** Writes the class list as JSON to `name` in the granted folder, or to the granted file. */
  'classes.write': { input: z.strictObject({ grant: z.string(), name: z.string().min(1).max(200) }), output: z.strictObject({ display: z.string() }) },
  'classes.list': { input: Nothing, output: z.strictObject({ classes: z.array(LabelClass) }) },

  'prelabel.start': { input: PrelabelRequest, output: PrelabelStatus },
  /** As `prelabel.start`; but an unfinished job that was asked the same goes on, with the pictures that came since, and one that was asked something else gives way. */
  'prelabel.goOn': { input: PrelabelRequest, output: PrelabelStatus },
  'prelabel.pause': { input: Nothing, output: PrelabelStatus },
  'prelabel.resume': { input: Nothing, output: PrelabelStatus },
  'prelabel.cancel': { input: Nothing, output: PrelabelStatus },
  'prelabel.status': { input: Nothing, output: PrelabelStatus },
  /** One image now, ahead of the job. Resolves when its proposals are stored. */
  'prelabel.image': {
    input: PrelabelRequest.omit({ scope: true }).extend({ imageId: Id }),
    output: z.strictObject({ proposals: z.int(), unnamed: z.int(), milliseconds: z.number() }),
  },

  /**
   * Every method that can be run on photos here: those of each pack that is installed. `last`: what the project's last job was asked
   * with; null: it had none, or its pack is not here any more.
   */
  'prelabel.methods': {
    input: Nothing,
    output: z.strictObject({
      methods: z.array(z.strictObject({ pack: PackName, title: z.string(), affinity: PackInfo.shape.affinity, method: MethodName, defaultSettings: PackSettings })),
      last: z.strictObject({ pack: PackName, method: MethodName, settings: SomeSettings }).nullable(),
    }),
  },
  /** What would be proposed with these settings; stores nothing. The first on an image takes a second, later ones only the steps that depend on what changed. */
  'prelabel.preview': {
    input: PrelabelRequest.omit({ scope: true }).extend({ imageId: Id }),
    output: z.strictObject({ proposals: z.array(z.strictObject({ mask: Mask, classId: Id.nullable(), score: z.number().nullable() })), milliseconds: z.number() }),
  },
  /** Images on which a person keeps masks, spread evenly over all of them: what a method can be measured on. */
  'prelabel.fitImages': { input: z.strictObject({ limit: z.int().min(1).max(200) }), output: z.strictObject({ imageIds: z.array(Id) }) },
  /** For each mask that a person keeps on the image, the best IoU of what this method and these settings would propose. */
  'prelabel.fit': { input: PrelabelRequest.omit({ scope: true }).extend({ imageId: Id }), output: z.strictObject({ ious: z.array(z.number().min(0).max(1)) }) },
  /** How sure the names of the image's proposals are: `margin` between the first and second class, `entropy` of all, `disagreement` the share that another method gives another class where one was at hand, each in [0, 1]. */
  'prelabel.sureness': {
    input: z.strictObject({ imageId: Id }),
    output: z.strictObject({ proposals: z.array(z.strictObject({ id: Id, margin: z.number(), entropy: z.number(), disagreement: z.number().min(0).max(1).optional(), uncertainty: z.number().min(0).max(1) })) }),
  },

  /**
   * The mask that clicks on an image mean. Stores nothing. The first on an image takes about a second, later ones some tens
   * of milliseconds; a caller drops answers older than its last question.
   */
  'smartclick.preview': {
    input: z.strictObject({ imageId: Id, question: ClickQuestion }),
    /** `part`: the step taken, which stops at the smallest and the largest region; null when none was asked for or there is none */
    output: z.strictObject({ mask: Mask, part: z.int().nullable(), milliseconds: z.number() }),
  },

  /** Writes the ticked classes of all images as JSON (image-level labels) to `name` in the granted folder, or to the granted file; it ends in .json. */
  'ticks.write': { input: z.strictObject({ grant: z.string(), name: z.string().min(1).max(200).optional() }), output: z.strictObject({ images: z.int().nonnegative(), display: z.string() }) },

  'memory.classes': { input: Nothing, output: z.strictObject({ classes: z.array(RememberedClass) }) },
  /** The masks that speak for or against a class, the newest first. */
  'memory.page': {
    input: z.strictObject({ classId: Id, offset: z.int().nonnegative(), limit: z.int().min(1).max(200) }),
    output: z.strictObject({ total: z.int().nonnegative(), rows: z.array(RememberedMask) }),
  },
  /** A mask teaches nothing any more, until it is changed; the annotation stays. */
  'memory.forget': { input: z.strictObject({ annotationId: Id }), output: Nothing },
  /** Writes what was learnt as JSON, to `name` in the granted folder or to the granted file; it ends in .json. */
  'memory.write': { input: z.strictObject({ grant: z.string(), name: z.string().min(1).max(200).optional() }), output: z.strictObject({ masks: z.int().nonnegative(), display: z.string() }) },
  /** A mask of an image with its outline moved to the picture's edges, within a reach in px. Stores nothing. */
  'mask.snap': {
    input: z.strictObject({ imageId: Id, mask: Mask, reachPx: z.number().min(1).max(200) }),
    output: z.strictObject({ mask: Mask, milliseconds: z.number() }),
  },

  /** Every pack of models, what runs, where they lie and which hub they come from (both for display only). */
  'packs.list': { input: Nothing, output: z.strictObject({ packs: z.array(PackInfo), progress: PackProgress, folder: z.string(), hub: z.string() }) },
  /** Starts an installation, or goes on with one that was broken off: from the hub, or from a granted folder. `agree`: the person has read the licences and agrees. */
  'packs.install': { input: z.strictObject({ name: PackManifest.shape.name, agree: z.boolean().default(false), grant: z.string().optional() }), output: PackProgress },
  'packs.pause': { input: Nothing, output: PackProgress },
  'packs.resume': { input: Nothing, output: PackProgress },
  /** Also throws away what an installation has so far. */
  'packs.cancel': { input: Nothing, output: PackProgress },
  /** Resolves when the whole pack has been read; `packs.cancel` ends it. */
  'packs.verify': { input: z.strictObject({ name: PackManifest.shape.name }), output: PackReport },
  /** Times the networks of a pack on each device of this machine that works. Resolves when all were; `packs.cancel` ends it. */
  'packs.benchmark': { input: z.strictObject({ name: PackManifest.shape.name, precision: PrecisionChoice.default('auto') }), output: PackBenchmark },
  /** An installed pack, or what a broken off installation left. */
  'packs.remove': { input: z.strictObject({ name: PackManifest.shape.name }), output: Nothing },

  /** In a team: the image on this page, which becomes its person's to edit unless it is another's. Said again every 20 s. */
  'team.here': { input: z.strictObject({ imageId: Id.nullable() }), output: z.strictObject({ lease: Lease, members: z.array(TeamMember) }) },
  'team.takeOver': { input: z.strictObject({ imageId: Id }), output: z.strictObject({ lease: Lease, members: z.array(TeamMember) }) },

  /** Who made the project's accepted, fixed and drawn masks, most first. */
  'agreement.makers': { input: Nothing, output: z.strictObject({ makers: z.array(MaskMaker) }) },
  /** How far two agree; `worst` images are listed at most. */
  'agreement.check': { input: z.strictObject({ of: AgreementQuestion, worst: z.int().min(0).max(200).default(20) }), output: AgreementReport },

  'import.check': { input: z.strictObject({ grant: z.string(), options: ImportOptions.prefault({}) }), output: TransferReport },
  'import.apply': { input: z.strictObject({ grant: z.string(), options: ImportOptions.prefault({}) }), output: TransferReport },
  'export.check': { input: z.strictObject({ options: ExportOptions.prefault({}) }), output: TransferReport },
  /** Writes to `name` in the granted folder, or to the granted place: a file or a folder, as the format has it. */
  'export.write': {
    input: z.strictObject({ grant: z.string(), name: z.string().min(1).max(200).optional(), options: ExportOptions.prefault({}) }),
    output: z.strictObject({ report: TransferReport, display: z.string() }),
  },
} as const

export type ProcedureName = keyof typeof PROCEDURES
/** What a caller passes: defaults may be left out. */
export type InputOf<N extends ProcedureName> = z.input<(typeof PROCEDURES)[N]['input']>
/** What a handler gets: defaults filled in. */
export type ParsedInputOf<N extends ProcedureName> = z.output<(typeof PROCEDURES)[N]['input']>
export type OutputOf<N extends ProcedureName> = z.output<(typeof PROCEDURES)[N]['output']>

export const PROCEDURE_NAMES = Object.keys(PROCEDURES) as ProcedureName[]
export const isProcedureName = (name: string): name is ProcedureName => Object.hasOwn(PROCEDURES, name)
