import { join } from 'node:path'
import { array, assert, constantFrom, integer, nat, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import type { Diff } from '../../../main/contract/diff.ts'
import type { Annotation, AnnotationState, LabelClass, ProjectRecord } from '../../../main/contract/records.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import type { ProjectFile } from '../../../main/project/project-file.ts'
import { adding, annotation, edit, labelClass, newAnnotation, newProject, rectangle, removing, take, testFolder, updating } from './sample-project.ts'

const folder = testFolder()
const STATES: readonly AnnotationState[] = ['accepted', 'fixed', 'rejected', 'drawn']
let count = 0

type Step =
  | { readonly kind: 'add' | 'remove' | 'mask' | 'state' | 'name' | 'add class' | 'several'; readonly pick: number; readonly size: number }
  | { readonly kind: 'undo' | 'redo' | 'reopen' | 'job' | 'other image'; readonly pick: number; readonly size: number }

const steps = array(
  record({
    kind: constantFrom<Step['kind']>('add', 'add', 'remove', 'mask', 'mask', 'state', 'name', 'add class', 'several', 'undo', 'undo', 'undo', 'redo', 'redo', 'reopen', 'job', 'other image'),
    pick: nat(1000),
    size: integer({ min: 1, max: 50 }),
  }),
  { minLength: 1, maxLength: 25 },
)

/** What a person sees: everything but the versions. Proposals are left out: a job, not a person, puts them there. */
function content(project: ProjectFile, imageId: number): ProjectRecord[] {
  return [...project.classes.list(), ...project.annotations.ofImage(imageId).filter(({ state }) => state !== 'pending')].map((record) => ({ ...record, version: 0 }))
}

/** The edit a step asks for, on what is there now; null when there is nothing to do it to. */
function diffOf(project: ProjectFile, imageId: number, { kind, pick, size }: Step): { scope: number | null; diff: Diff } | null {
  const own = project.annotations.ofImage(imageId).filter(({ state }) => state !== 'pending')
  const classes = project.classes.list()
  const one: Annotation | undefined = own[pick % Math.max(1, own.length)]
  const named: LabelClass | undefined = classes[pick % Math.max(1, classes.length)]
  const mask = { mask: rectangle(pick % 40, size % 20, size, 12), areaPx2: size * 12 }
  if (kind === 'add') return { scope: imageId, diff: adding(annotation(project, imageId, { ...mask, z: pick, classId: named?.id ?? null, carried: { pick } })) }
  if (kind === 'add class') return { scope: null, diff: adding(labelClass(project, `class ${pick}`, { order: size })) }
  if (kind === 'name') return named === undefined ? null : { scope: null, diff: updating([named, { name: `renamed ${pick}` }]) }
  if (one === undefined) return null
  if (kind === 'remove') return { scope: imageId, diff: removing(one) }
  if (kind === 'mask') return { scope: imageId, diff: updating([one, { ...mask, state: 'fixed' }]) }
  if (kind === 'state') return { scope: imageId, diff: updating([one, { state: STATES[pick % STATES.length] }]) }
  if (kind === 'several') {
    const rest = own.filter((other) => other !== one)
    return { scope: imageId, diff: { added: [annotation(project, imageId, mask)], updated: updating(...rest.map((other) => [other, { z: other.z + size }] as const)).updated, removed: [one] } }
  }
  return null
}

test('any sequence of edits, undone and redone at any point and over any restart, gives the same records', () => {
  assert(property(steps, (sequence) => {
    const sample = newProject(join(folder, `${++count}.maskwright`))
    const [a, b] = sample.imageIds
    let { project } = sample
    // the model: every state a person saw, and the place in that list
    let seen = [content(project, a)]
    let place = 0
    try {
      for (const step of sequence) {
        if (step.kind === 'undo' || step.kind === 'redo') {
          const to = place + (step.kind === 'undo' ? -1 : 1)
          const possible = to >= 0 && to < seen.length
          expect(take(project, a, step.kind)).toBe(possible)
          if (possible) place = to
        } else if (step.kind === 'reopen') {
          const before = [project.annotations.ofImage(a), project.history.steps(a), project.images.row(a)]
          project.close()
          project = openProjectFile(project.path)
          expect([project.annotations.ofImage(a), project.history.steps(a), project.images.row(a)]).toEqual(before)
        } else if (step.kind === 'job') {
          project.annotations.replacePending(a, Array.from({ length: step.pick % 3 }, () => newAnnotation(a)))
        } else if (step.kind === 'other image') {
          edit(project, b, adding(annotation(project, b)))
          // on that image's line are the class list's edits too: those undone can no longer be redone
          const kept = project.history.page(a, 1000).filter(({ state }) => state === 'undone').length
          if (kept !== seen.length - 1 - place) return
        } else {
          const made = diffOf(project, a, step)
          if (made === null) continue
          edit(project, made.scope, made.diff)
          place++
          seen = [...seen.slice(0, place), content(project, a)]
        }
        expect(content(project, a)).toEqual(seen[place])
        const row = project.images.row(a)
        const annotations = project.annotations.ofImage(a)
        expect([row?.pending, row?.kept]).toEqual([annotations.filter(({ state }) => state === 'pending').length, annotations.filter(({ state }) => ['accepted', 'fixed', 'drawn'].includes(state)).length])
      }
      while (take(project, a, 'undo')) expect(content(project, a)).toEqual(seen[--place])
      expect(place).toBe(0)
      while (take(project, a, 'redo')) expect(content(project, a)).toEqual(seen[++place])
      expect(place).toBe(seen.length - 1)
    } finally {
      project.close()
    }
  }), { numRuns: 60, seed: 20_261_122 })
})
