import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Diff } from '../../../main/contract/diff.ts'
import { EngineError, type ErrorCode } from '../../../main/contract/errors.ts'
import type { Annotation, Comment, ImageMark, LabelClass, ProjectRecord } from '../../../main/contract/records.ts'
import type { Mask } from '../../../main/masks/mask.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import type { NewAnnotation, ProjectFile } from '../../../main/project/project-file.ts'
import type { ScannedPicture } from '../../../main/contract/images.ts'

/** A folder of its own for one test file; gone when its tests are. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-project-'))
  afterAll(() => { rmSync(folder, { recursive: true, force: true }) })
  return folder
}

export const scanned = (path: string, patch: Partial<ScannedPicture> = {}): ScannedPicture =>
  ({ path, width: 100, height: 80, bytes: 5000, modified: 1_700_000_000_000.25, fingerprint: `of ${path}`, problem: null, remark: null, ...patch })

/** A project with one folder and the named images. */
export function newProject(path: string, imagePaths: readonly string[] = ['a.jpg', 'b.jpg']): { project: ProjectFile; folderId: number; imageIds: number[] } {
  const project = openProjectFile(path, { create: { name: 'Sample' } })
  const folderId = project.folders.add('/pictures')
  const imageIds = project.images.applyScan(folderId, { added: imagePaths.map((name) => scanned(name)), changed: [], missing: [], returned: [] })
  return { project, folderId, imageIds }
}

/** A full rectangle: one run of zeros of length 0, one of width·height. */
export function rectangle(x: number, y: number, width: number, height: number): Mask {
  const runs = [0]
  let rest = width * height
  for (; rest > 127; rest = Math.floor(rest / 128)) runs.push((rest % 128) | 128)
  return { x, y, width, height, runs: new Uint8Array([...runs, rest]) }
}

export const newAnnotation = (imageId: number, patch: Partial<NewAnnotation> = {}): NewAnnotation => {
  const mask = patch.mask ?? rectangle(2, 3, 10, 20)
  return {
    imageId, classId: null, state: 'pending', mask: { ...mask, runs: new Uint8Array(mask.runs) }, areaPx2: mask.width * mask.height, score: 0.75, z: 0, crowd: false, locked: false,
    boxOnly: null, importedId: null, provenance: { source: 'method', method: 'regions', pack: 'classic' }, carried: null, ...patch,
  }
}

export const annotation = (project: ProjectFile, imageId: number, patch: Partial<NewAnnotation> = {}): Annotation =>
  ({ ...newAnnotation(imageId, { state: 'drawn', provenance: { source: 'person', by: 'Ada' }, ...patch }), kind: 'annotation', id: project.ids.reserve(1), version: 0 })

export const labelClass = (project: ProjectFile, name: string, patch: Partial<LabelClass> = {}): LabelClass =>
  ({ kind: 'class', id: project.ids.reserve(1), version: 0, name, synonyms: [], colour: '#12ab9f', order: 0, extent: 'thing', importedId: null, carried: null, ...patch })

export const adding = (...added: ProjectRecord[]): Diff => ({ added, updated: [], removed: [] })
export const removing = (...removed: ProjectRecord[]): Diff => ({ added: [], updated: [], removed })
/** `from` with some fields changed, one version on. */
export function updating(...pairs: (readonly [Annotation, Partial<Annotation>] | readonly [LabelClass, Partial<LabelClass>] | readonly [ImageMark, Partial<ImageMark>] | readonly [Comment, Partial<Comment>])[]): Diff {
  return { added: [], updated: pairs.map(([from, patch]) => [from, { ...from, ...patch, version: from.version + 1 } as ProjectRecord]), removed: [] }
}

/** Does what the page does for Ctrl+Z or Ctrl+Shift+Z. Returns whether there was a step. */
export function take(project: ProjectFile, imageId: number | null, direction: 'undo' | 'redo'): boolean {
  const step = project.history.step(imageId, direction)
  if (step === null) return false
  project.history.apply({ diff: step.diff, imageId, label: step.entry.label, author: 'Ada', ...(direction === 'undo' ? { undoes: step.entry.id } : { redoes: step.entry.id }) })
  return true
}

export const edit = (project: ProjectFile, imageId: number | null, diff: Diff, label = 'edit') => project.history.apply({ diff, imageId, label, author: 'Ada' })

/** The EngineError that `action` throws; anything else fails the test. */
export function errorOf(action: () => unknown): EngineError {
  try {
    action()
  } catch (error) {
    if (error instanceof EngineError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
export const codeOf = (action: () => unknown): ErrorCode => errorOf(action).code
