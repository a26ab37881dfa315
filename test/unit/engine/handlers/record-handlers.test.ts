import { join } from 'node:path'
import { expect, test } from 'vitest'
import { markOf } from '../../../../main/contract/images.ts'
import type { EngineEvent } from '../../../../main/contract/events.ts'
import { PROCEDURES } from '../../../../main/contract/procedures.ts'
import type { EngineContext } from '../../../../main/engine/context.ts'
import { recordHandlers } from '../../../../main/engine/handlers/record-handlers.ts'
import { createTeam } from '../../../../main/engine/team.ts'
import { adding, annotation, errorOf, labelClass, newAnnotation, newProject, testFolder, updating } from '../../project/sample-project.ts'
import { newMark } from '../../new-mark.ts'

const folder = testFolder()
const ADA = { id: 'window 1', author: 'Ada' }

function sample(name: string) {
  const { project, imageIds } = newProject(join(folder, name))
  const sent: { event: EngineEvent; except: string | undefined }[] = []
  const taught: number[] = []
  const context: Pick<EngineContext, 'project' | 'emit' | 'team'> = {
    team: createTeam(() => undefined),
    project: () => ({ file: project, inTurn: (work) => work(), prelabel: { taught: (imageId: number) => { taught.push(imageId) }, ticked: () => undefined } as unknown as ReturnType<EngineContext['project']>['prelabel'] }),
    emit: (event, except) => { sent.push({ event, except }) },
  }
  return { project, imageIds, sent, taught, handlers: recordHandlers(context as EngineContext) }
}

test('an edit is stored under its author, told to the others, and taught when a person’s annotation is in it', async () => {
  const { project, imageIds: [a], sent, taught, handlers } = sample('edit.maskwright')
  const { from } = await handlers['ids.reserve']({ count: 3 }, ADA)
  const diff = adding({ ...annotation(project, a), id: from })
  const answer = await handlers['diff.apply']({ diff, imageId: a, label: 'polygon' }, ADA)
  expect(PROCEDURES['diff.apply'].output.parse(answer)).toMatchObject({ undo: { author: 'Ada', label: 'polygon' }, redo: null })
  expect(sent).toEqual([{ event: { name: 'records.changed', data: { imageId: a, diff } }, except: 'window 1' }])
  expect(taught).toEqual([a])
  expect(await handlers['history.page']({ imageId: a, limit: 5 }, ADA)).toMatchObject({ entries: [{ label: 'polygon' }] })
  const { entry, diff: back } = await handlers['history.step']({ imageId: a, direction: 'undo' }, ADA)
  if (entry === null || back === null) throw new Error('there is nothing to undo')
  await handlers['diff.apply']({ diff: back, imageId: a, label: entry.label, undoes: entry.id }, ADA)
  expect(taught).toEqual([a, a])
  expect(await handlers['history.step']({ imageId: a, direction: 'undo' }, ADA)).toEqual({ entry: null, diff: null })
  project.close()
})

test('neither a class, an image’s mark nor a mere proposal teaches', async () => {
  const { project, imageIds: [a], taught, sent, handlers } = sample('quiet.maskwright')
  const cat = labelClass(project, 'cat')
  await handlers['diff.apply']({ diff: adding(cat), imageId: null, label: 'class' }, ADA)
  expect(await handlers['classes.list']({}, ADA)).toEqual({ classes: [cat] })
  project.annotations.replacePending(a, [newAnnotation(a)])
  const [proposal] = project.annotations.ofImage(a)
  await handlers['diff.apply']({ diff: updating([proposal, { z: 1 }]), imageId: a, label: 'order' }, ADA)
  await handlers['diff.apply']({ diff: updating([newMark(a), { state: 'working' }]), imageId: a, label: 'working' }, ADA)
  expect(taught).toEqual([])
  await handlers['diff.apply']({ diff: updating([{ ...proposal, z: 1, version: 1 }, { state: 'accepted' }]), imageId: a, label: 'accept' }, ADA)
  expect(taught).toEqual([a])
  expect(sent).toHaveLength(4)
  project.close()
})

test('a refused edit is neither told nor taught', () => {
  const { project, imageIds: [a], taught, sent, handlers } = sample('refused.maskwright')
  expect(errorOf(() => handlers['diff.apply']({ diff: updating([annotation(project, a), { z: 1 }]), imageId: a, label: 'x' }, ADA)).code).toBe('stale')
  expect([taught, sent]).toEqual([[], []])
  project.close()
})

test('an edit that was made in another project is refused and can be sent again', async () => {
  const { handlers, project } = sample('other.maskwright')
  const diff = adding(labelClass(project, 'cat'))
  expect(errorOf(() => handlers['diff.apply']({ diff, imageId: null, label: 'x', projectId: 'another' }, ADA))).toMatchObject({ code: 'no-project', message: expect.stringContaining('made in another project') as unknown })
  expect(() => handlers['diff.apply']({ diff, imageId: null, label: 'x', projectId: project.id }, ADA)).not.toThrow()
})

test('a class put in another’s place: its annotations on every image follow, its names become synonyms, and one undo brings all back', async () => {
  const { project, imageIds: [a, b], taught, handlers } = sample('merge.maskwright')
  const cat = labelClass(project, 'cat')
  const kitten = { ...labelClass(project, 'kitten'), synonyms: ['small cat'] }
  await handlers['diff.apply']({ diff: adding(cat, kitten), imageId: null, label: 'class' }, ADA)
  for (const imageId of [a, b]) await handlers['diff.apply']({ diff: adding({ ...annotation(project, imageId), classId: kitten.id, state: 'accepted' }), imageId, label: 'brush' }, ADA)
  taught.length = 0
  expect(await handlers['classes.replace']({ classId: kitten.id, by: cat.id }, ADA)).toEqual({ annotations: 2, images: 2 })
  expect(project.classes.list()).toMatchObject([{ name: 'cat', synonyms: ['kitten', 'small cat'] }])
  expect([a, b].flatMap((imageId) => project.annotations.ofImage(imageId)).map(({ classId, state }) => [classId, state])).toEqual([[cat.id, 'accepted'], [cat.id, 'accepted']])
  expect(taught).toEqual([a, b])
  const { entry, diff } = await handlers['history.step']({ imageId: a, direction: 'undo' }, ADA)
  if (entry === null || diff === null) throw new Error('there is nothing to undo')
  await handlers['diff.apply']({ diff, imageId: a, label: entry.label, undoes: entry.id }, ADA)
  expect(project.classes.list().map(({ name, synonyms }) => [name, synonyms])).toEqual([['cat', []], ['kitten', ['small cat']]])
  expect([a, b].flatMap((imageId) => project.annotations.ofImage(imageId)).map(({ classId }) => classId)).toEqual([kitten.id, kitten.id])
  project.close()
})

test('a class deleted leaves its annotations without one; what is not there, or is itself, is refused', async () => {
  const { project, imageIds: [a], handlers } = sample('delete.maskwright')
  const cat = labelClass(project, 'cat')
  await handlers['diff.apply']({ diff: adding(cat), imageId: null, label: 'class' }, ADA)
  await handlers['diff.apply']({ diff: adding({ ...annotation(project, a), classId: cat.id }), imageId: a, label: 'brush' }, ADA)
  expect(errorOf(() => handlers['classes.replace']({ classId: cat.id, by: cat.id }, ADA)).code).toBe('bad-input')
  expect(errorOf(() => handlers['classes.replace']({ classId: cat.id, by: 999 }, ADA)).code).toBe('not-found')
  await handlers['classes.replace']({ classId: cat.id, by: null }, ADA)
  expect(project.classes.list()).toEqual([])
  expect(project.annotations.ofImage(a)).toMatchObject([{ classId: null }])
  expect(errorOf(() => handlers['classes.replace']({ classId: cat.id, by: null }, ADA)).code).toBe('not-found')
  project.close()
})

test('nobody comments in another’s name, and others may only resolve a comment', async () => {
  const { project, imageIds: [a], handlers } = sample('signed.maskwright')
  const comment = { kind: 'comment' as const, id: project.ids.reserve(1), version: 0, imageId: a, text: 'the wall is missing', author: 'Ada', at: 1, resolved: false }
  const GRACE = { id: 'window 2', author: 'Grace' }
  expect(errorOf(() => handlers['diff.apply']({ diff: adding(comment), imageId: a, label: 'comment' }, GRACE)).code).toBe('bad-input')
  await handlers['diff.apply']({ diff: adding(comment), imageId: a, label: 'comment' }, ADA)
  expect(errorOf(() => handlers['diff.apply']({ diff: updating([comment, { text: 'all is well' }]), imageId: a, label: 'comment' }, GRACE)).code).toBe('not-allowed')
  await handlers['diff.apply']({ diff: updating([comment, { resolved: true }]), imageId: a, label: 'resolveComment' }, GRACE)
  expect(project.comments.ofImage(a)).toEqual([{ ...comment, resolved: true, version: 1 }])
  project.close()
})

test('a class that is ticked for an image goes from there too, or its heir is ticked, once; undo ticks it again', async () => {
  const { project, imageIds: [a, b], handlers } = sample('ticks.maskwright')
  const [cat, dog, cow] = ['cat', 'dog', 'cow'].map((name) => labelClass(project, name))
  await handlers['diff.apply']({ diff: adding(cat, dog, cow), imageId: null, label: 'class' }, ADA)
  const tick = async (imageId: number, ticked: number[]) => {
    const row = project.images.row(imageId)
    if (row === undefined) throw new Error(`no image ${imageId}`)
    await handlers['diff.apply']({ diff: updating([markOf(row), { ticked }]), imageId, label: 'ticks' }, ADA)
  }
  const ticks = () => [a, b].map((imageId) => project.images.row(imageId)?.ticked)
  await tick(a, [cat.id, dog.id])
  await tick(b, [cow.id, dog.id])
  await handlers['classes.replace']({ classId: dog.id, by: cat.id }, ADA)
  expect(ticks()).toEqual([[cat.id], [cow.id, cat.id]])
  await handlers['classes.replace']({ classId: cow.id, by: null }, ADA)
  expect(ticks()).toEqual([[cat.id], [cat.id]])
  const { entry, diff } = await handlers['history.step']({ imageId: null, direction: 'undo' }, ADA)
  if (entry === null || diff === null) throw new Error('there is nothing to undo')
  await handlers['diff.apply']({ diff, imageId: null, label: entry.label, undoes: entry.id }, ADA)
  expect(ticks()).toEqual([[cat.id], [cow.id, cat.id]])
  project.close()
})
