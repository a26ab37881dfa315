import type { Diff } from '../../contract/diff.ts'
import { EngineError } from '../../contract/errors.ts'
import type { SomeHandlers } from '../../contract/handlers.ts'
import { EDIT_ROLES, guardedEdits, mayEdit } from '../../contract/roles.ts'
import type { ImageMark, ProjectRecord } from '../../contract/records.ts'
import type { Caller } from '../caller.ts'
import type { EngineContext } from '../context.ts'
import { replaceClass } from '../replace-class.ts'

type Names = 'ids.reserve' | 'diff.apply' | 'history.step' | 'history.page' | 'classes.list' | 'classes.replace'

/** Records and their history: what the page edits. */
export function recordHandlers(context: EngineContext): SomeHandlers<Names, Caller> {
  const file = () => context.project().file
  return {
    'ids.reserve': ({ count }) => ({ from: file().ids.reserve(count) }),
    'diff.apply': ({ diff: sent, imageId, label, projectId, undoes, redoes }, caller) => {
      const project = context.project()
      const diff = caller.role === undefined ? sent : signed(sent, caller.author)
      if (projectId !== undefined && projectId !== project.file.id) throw new EngineError('no-project', `this edit was made in another project than ${project.file.name}, which is open now; open that one again and it is stored`)
      const direction = undoes !== undefined ? 'undo' : redoes !== undefined ? 'redo' : null
      if (direction === null) checkSignatures(diff, caller.author)
      else checkComments(diff, () => project.file.history.step(imageId, direction)?.diff)
      checkRole(diff, caller)
      for (const touched of imagesTouched(diff, imageId)) context.team.edits(caller, touched)
      const steps = project.file.history.apply({ diff, imageId, label, author: caller.author, undoes, redoes })
      context.emit({ name: 'records.changed', data: { imageId, diff } }, caller.id)
      for (const taughtBy of imagesTaughtBy(diff)) project.prelabel.taught(taughtBy)
      for (const [from, to] of diff.updated) if (from.kind === 'image' && to.kind === 'image' && !sameTicks(from, to)) project.prelabel.ticked(to.id)
      return steps
    },
    'history.step': ({ imageId, direction }) => file().history.step(imageId, direction) ?? { entry: null, diff: null },
    'history.page': ({ imageId, limit }) => ({ entries: file().history.page(imageId, limit) }),
    'classes.replace': ({ classId, by }, caller) => {
      const project = context.project()
      const diff = replaceClass(project.file, classId, by)
      project.file.history.apply({ diff, imageId: null, label: by === null ? 'deleteClass' : 'mergeClass', author: caller.author })
      context.emit({ name: 'records.changed', data: { imageId: null, diff } }, caller.id)
      const taught = imagesTaughtBy(diff)
      for (const imageId of taught) project.prelabel.taught(imageId)
      for (const [, to] of diff.updated) if (to.kind === 'image') project.prelabel.ticked(to.id)
      const annotations = diff.updated.flatMap(([, to]) => (to.kind === 'annotation' ? [to.imageId] : []))
      return { annotations: annotations.length, images: new Set(annotations).size }
    },
    'classes.list': () => ({ classes: file().classes.list() }),
  }
}

/** What is drawn in a team carries who drew it. O(records) */
const signed = (diff: Diff, author: string): Diff => ({
  ...diff,
  added: diff.added.map((record) => (record.kind === 'annotation' && record.provenance.source === 'person' && record.provenance.by === undefined ? { ...record, provenance: { ...record.provenance, by: author } } : record)),
})

/** @throws EngineError 'not-allowed' when the diff changes what the caller's role may not */
function checkRole(diff: Diff, caller: Caller): void {
  const role = caller.role ?? null
  for (const edit of guardedEdits(diff)) {
    if (!mayEdit(role, edit)) throw new EngineError('not-allowed', `changing ${edit === 'classes' ? 'the class list' : 'the review of an image'} needs the role ${EDIT_ROLES[edit]}; you are ${role}. Ask an owner of the project`)
  }
}

/** Nobody writes in another's name. @throws EngineError 'bad-input' */
function checkSignatures(diff: Diff, author: string): void {
  for (const record of diff.added) {
    if (record.kind === 'comment' && record.author !== author) throw new EngineError('bad-input', `comment ${record.id} is signed by ${JSON.stringify(record.author)}, but ${JSON.stringify(author)} sent it`)
  }
  for (const record of diff.removed) {
    if (record.kind === 'comment' && record.author !== author) throw new EngineError('not-allowed', `comment ${record.id} is ${record.author}’s: others may only resolve it`)
  }
  for (const [from, to] of diff.updated) {
    if (from.kind === 'comment' && to.kind === 'comment' && (to.text !== from.text || to.author !== from.author || to.at !== from.at) && from.author !== author) {
      throw new EngineError('not-allowed', `comment ${from.id} is ${from.author}’s: others may only resolve it`)
    }
  }
}

/** An undo brings back what its comments said, nothing else. @throws EngineError 'not-allowed' */
function checkComments(diff: Diff, step: () => Diff | undefined): void {
  const written = [...diff.added, ...diff.updated.map(([, to]) => to)].filter((record) => record.kind === 'comment')
  if (written.length === 0) return
  const stored = step()
  const allowed = [...(stored?.added ?? []), ...(stored?.updated ?? []).map(([, to]) => to)]
  for (const { id, text, author, at } of written) {
    if (!allowed.some((record) => record.kind === 'comment' && record.id === id && record.text === text && record.author === author && record.at === at)) throw new EngineError('not-allowed', `comment ${id} is not what this step of the history holds; nothing was written`)
  }
}

/** Images that have to be the caller's to edit. Those on which a class is given another name are not: versions keep their edits apart. O(records) */
function imagesTouched(diff: Diff, imageId: number | null): Set<number> {
  const images = new Set(imageId === null ? [] : [imageId])
  if (guardedEdits(diff).includes('classes')) return images
  for (const record of [...diff.added, ...diff.removed, ...diff.updated.map(([from]) => from)]) {
    if (record.kind === 'image') images.add(record.id)
    else if (record.kind !== 'class') images.add(record.imageId)
  }
  return images
}

/** Images on which the edit made, changed or took back something a person says; a mere proposal teaches nothing. O(records) */
function imagesTaughtBy(diff: Diff): Set<number> {
  const images = new Set<number>()
  const look = (record: ProjectRecord): void => {
    if (record.kind === 'annotation' && record.state !== 'pending') images.add(record.imageId)
  }
  diff.added.forEach(look)
  diff.removed.forEach(look)
  for (const sides of diff.updated) sides.forEach(look)
  return images
}

const sameTicks = (a: ImageMark, b: ImageMark): boolean => JSON.stringify(a.ticked) === JSON.stringify(b.ticked)
