import type { Diff } from '../../main/contract/diff.ts'
import type { ProposalName } from '../../main/contract/events.ts'
import { renameProposal } from '../../main/contract/rename-proposal.ts'
import { type ImageRow, markOf } from '../../main/contract/images.ts'
import type { Annotation, Comment, ImageMark, LabelClass, ProjectRecord } from '../../main/contract/records.ts'

/** The records of the open image and the class list, and nothing else: applying a diff is all that changes them. */
export interface RecordStore {
  image(): ImageRow | null
  mark(): ImageMark | null
  annotation(id: number): Annotation | undefined
  class(id: number): LabelClass | undefined
  /** sorted by (z, id); the same array until an annotation changes */
  annotations(): readonly Annotation[]
  /** sorted by (order, id); the same array until a class changes */
  classes(): readonly LabelClass[]
  comment(id: number): Comment | undefined
  /** oldest first; the same array until a comment changes */
  comments(): readonly Comment[]
  loadImage(image: ImageRow | null, annotations: readonly Annotation[], comments?: readonly Comment[]): void
  loadClasses(classes: readonly LabelClass[]): void
  /** What the folder scan knows anew; the mark stays as it is here. */
  loadRow(image: ImageRow): void
  /** Other names of proposals that nobody has touched; the rest is left out. */
  rename(imageId: number, names: readonly ProposalName[]): void
  /**
   * Applies a diff. Records of other images are left out, and so is what is older than what is here, so that a diff
   * may be applied twice. `except` names records (recordKey) that keep what they are. O(records of the diff).
   */
  apply(diff: Diff, except?: ReadonlySet<string>): void
}

export const recordKey = (record: ProjectRecord): string => `${record.kind}:${record.id}`

/** Keys of every record a diff touches. */
export function keysOf(diff: Diff): Set<string> {
  return new Set([...diff.added, ...diff.removed, ...diff.updated.map(([from]) => from)].map(recordKey))
}

export function createRecordStore(): RecordStore {
  const annotations = new Map<number, Annotation>()
  const classes = new Map<number, LabelClass>()
  const comments = new Map<number, Comment>()
  let image: ImageRow | null = null
  let sortedAnnotations: readonly Annotation[] | null = []
  let sortedClasses: readonly LabelClass[] | null = []
  let sortedComments: readonly Comment[] | null = []

  const versionHere = (record: ProjectRecord): number => {
    if (record.kind === 'image') return image?.id === record.id ? image.version : -1
    return ({ class: classes, annotation: annotations, comment: comments })[record.kind].get(record.id)?.version ?? -1
  }
  const put = (record: ProjectRecord) => {
    if (record.kind === 'class') {
      classes.set(record.id, record)
      sortedClasses = null
    } else if (record.kind === 'annotation') {
      if (record.imageId !== image?.id) return
      annotations.set(record.id, record)
      sortedAnnotations = null
    } else if (record.kind === 'comment') {
      if (record.imageId !== image?.id) return
      comments.set(record.id, record)
      sortedComments = null
    } else if (image?.id === record.id) {
      const { kind: _, ...said } = record
      image = { ...image, ...said }
    }
  }
  const remove = (record: ProjectRecord) => {
    if (record.kind === 'class' && classes.delete(record.id)) sortedClasses = null
    if (record.kind === 'annotation' && annotations.delete(record.id)) sortedAnnotations = null
    if (record.kind === 'comment' && comments.delete(record.id)) sortedComments = null
  }
  const count = () => {
    if (image !== null && sortedComments === null) image = { ...image, comments: comments.size, openComments: [...comments.values()].filter(({ resolved }) => !resolved).length }
    if (image === null || sortedAnnotations !== null) return
    let pending = 0
    let rejected = 0
    for (const { state } of annotations.values()) {
      if (state === 'pending') pending++
      else if (state === 'rejected') rejected++
    }
    image = { ...image, pending, kept: annotations.size - pending - rejected }
  }

  return {
    image: () => image,
    mark: () => (image === null ? null : markOf(image)),
    annotation: (id) => annotations.get(id),
    class: (id) => classes.get(id),
    comment: (id) => comments.get(id),
    comments: () => (sortedComments ??= [...comments.values()].sort((a, b) => a.at - b.at || a.id - b.id)),
    annotations: () => (sortedAnnotations ??= [...annotations.values()].sort((a, b) => a.z - b.z || a.id - b.id)),
    classes: () => (sortedClasses ??= [...classes.values()].sort((a, b) => a.order - b.order || a.id - b.id)),
    loadImage(row, records, said = []) {
      image = row
      annotations.clear()
      for (const record of records) annotations.set(record.id, record)
      sortedAnnotations = null
      comments.clear()
      for (const record of said) comments.set(record.id, record)
      sortedComments = null
      count()
    },
    loadClasses(records) {
      classes.clear()
      for (const record of records) classes.set(record.id, record)
      sortedClasses = null
    },
    loadRow(row) {
      if (image?.id !== row.id) return
      const { pending, kept, comments: all, openComments: open } = image
      const { kind: _, ...said } = markOf(image)
      image = { ...row, ...(row.version > image.version ? {} : said), pending, kept, comments: all, openComments: open }
    },
    rename(imageId, names) {
      if (image?.id !== imageId) return
      for (const name of names) {
        const annotation = annotations.get(name.id)
        if (annotation === undefined || annotation.version > 0 || annotation.state !== 'pending' || annotation.locked) continue
        annotations.set(name.id, renameProposal(annotation, name))
        sortedAnnotations = null
      }
    },
    apply(diff, except) {
      const wanted = (record: ProjectRecord) => except?.has(recordKey(record)) !== true
      for (const record of diff.removed) if (wanted(record) && versionHere(record) <= record.version) remove(record)
      for (const record of diff.added) if (wanted(record) && versionHere(record) < record.version) put(record)
      for (const [, to] of diff.updated) if (wanted(to) && versionHere(to) < to.version) put(to)
      count()
    },
  }
}
