import { writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { Diff } from '../../../main/contract/diff.ts'
import type { EngineEvent } from '../../../main/contract/events.ts'
import { PROCEDURE_NAMES } from '../../../main/contract/procedures.ts'
import { EDIT_ROLES, mayCall, PROCEDURE_ROLES } from '../../../main/contract/roles.ts'
import type { Annotation, LabelClass } from '../../../main/contract/records.ts'
import type { Caller } from '../../../main/engine/caller.ts'
import { createTeam } from '../../../main/engine/team.ts'
import { rectangle } from '../project/sample-project.ts'
import { startEngine } from './test-engine.ts'

const ADA: Caller = { id: 'ada-1', author: 'Ada', role: 'annotator' }
const ADA_TOO: Caller = { ...ADA, id: 'ada-2' }
const BEN: Caller = { id: 'ben-1', author: 'Ben', role: 'reviewer' }
const OLGA: Caller = { id: 'olga-1', author: 'Olga', role: 'owner' }

function clocked() {
  const events: EngineEvent[] = []
  let now = 0
  return { team: createTeam((event) => { events.push(event) }, () => now), events, pass: (seconds: number) => { now += seconds * 1000 } }
}

test('an image is of who opened it first, and of the next once they have gone on', () => {
  const { team } = clocked()
  expect(team.here(ADA, 7)).toBeNull()
  expect(team.here(BEN, 7)).toBe('Ada')
  expect(() => team.edits(BEN, 7)).toThrow('Ada is editing this image')
  expect(team.here(BEN, 8)).toBeNull()
  team.here(ADA, 9)
  expect(team.here(BEN, 7)).toBeNull()
  expect(() => team.edits(ADA, 7)).toThrow('Ben is editing this image')
})

test('a second page of the same person is the same person; the image is free when the last one has left', () => {
  const { team } = clocked()
  team.here(ADA, 7)
  expect(team.here(ADA_TOO, 7)).toBeNull()
  team.left(ADA.id)
  expect(team.here(BEN, 7)).toBe('Ada')
  team.left(ADA_TOO.id)
  expect(team.here(BEN, 7)).toBeNull()
})

test('an image stays theirs as long as the page says so or they edit, and a minute longer', () => {
  const { team, pass } = clocked()
  team.here(ADA, 7)
  pass(59)
  team.here(ADA, 7)
  pass(59)
  team.edits(ADA, 7)
  pass(59)
  expect(team.here(BEN, 7)).toBe('Ada')
  pass(2)
  expect(team.here(BEN, 7)).toBeNull()
})

test('an edit that arrives after its page has gone on keeps the image for a moment only', () => {
  const { team, pass } = clocked()
  team.here(ADA, 8)
  team.edits(ADA, 7)
  expect(() => team.edits(BEN, 7)).toThrow('Ada')
  pass(11)
  expect(() => team.edits(BEN, 7)).not.toThrow()
})

test('an owner takes an image over, and everybody is told who is where', () => {
  const { team, events } = clocked()
  team.here(ADA, 7)
  team.here(OLGA, 7)
  team.takeOver(OLGA, 7)
  expect(() => team.edits(ADA, 7)).toThrow('Olga')
  expect(events.at(-1)).toEqual({ name: 'team.changed', data: { members: [
    { name: 'Ada', role: 'annotator', imageId: 7, editing: false }, { name: 'Olga', role: 'owner', imageId: 7, editing: true },
  ] } })
  const told = events.length
  team.here(OLGA, 7)
  expect(events).toHaveLength(told)
})

test('without a team nobody holds anything', () => {
  const { team, events } = clocked()
  const person = { id: 'window', author: 'me' }
  expect(team.here(person, 7)).toBeNull()
  expect(team.here({ id: 'other window', author: 'me too' }, 7)).toBeNull()
  team.edits(person, 7)
  expect([team.members(), events]).toEqual([[], []])
})

async function teamProject() {
  const started = await startEngine()
  const { client, root, engine } = started
  mkdirSync(join(root, 'pictures'))
  const picture = await sharp({ create: { width: 100, height: 80, channels: 3, background: '#445566' } }).png().toBuffer()
  for (const name of ['a.png', 'b.png']) writeFileSync(join(root, 'pictures', name), picture)
  await engine.openProject(join(root, 'team.maskwright'), { create: { name: 'Team' } })
  await client.call('folder.add', { grant: (await started.grantOf('pictures')).grant })
  const { rows: [{ id: imageId }, { id: otherId }] } = await client.call('images.page', { offset: 0, limit: 2 })
  const as = (caller: Caller) => started.clientOf(caller)
  const drawn = async (caller: Caller, on = imageId): Promise<Annotation> => ({
    kind: 'annotation', id: (await as(caller).call('ids.reserve', { count: 1 })).from, version: 1, imageId: on, classId: null, state: 'drawn', mask: rectangle(1, 2, 10, 10), areaPx2: 100, score: null, z: 1,
    crowd: false, locked: false, boxOnly: null, importedId: null, provenance: { source: 'person' }, carried: null,
  })
  return { ...started, imageId, otherId, as, drawn }
}
const adding = (...added: Diff['added']): Diff => ({ added, updated: [], removed: [] })

test('every procedure has a role, and what a role may not is refused before anything is done, and logged', async () => {
  expect(Object.keys(PROCEDURE_ROLES).sort()).toEqual([...PROCEDURE_NAMES].sort())
  const { engine, client } = await teamProject()
  for (const caller of [ADA, BEN, OLGA]) {
    for (const name of PROCEDURE_NAMES) {
      const answer = await engine.call(name, 'no input of any procedure', caller)
      expect([name, answer.ok ? 'ok' : answer.code]).toEqual([name, mayCall(caller.role ?? null, name) ? 'bad-input' : 'not-allowed'])
    }
  }
  expect(mayCall('annotator', 'import.apply')).toBe(false)
  expect(mayCall('reviewer', 'classes.replace')).toBe(true)
  const { lines } = await client.call('app.log', {})
  expect(lines.some(({ message }) => message === 'Ada (annotator) was refused project.close')).toBe(true)
})

test('an annotator draws but does not change the class list or a review; what they draw carries their name', async () => {
  const { as, drawn, imageId } = await teamProject()
  await as(ADA).call('diff.apply', { diff: adding(await drawn(ADA)), imageId, label: 'brush' })
  const { annotations: [stored], image } = await as(BEN).call('image.open', { imageId })
  expect(stored.provenance).toEqual({ source: 'person', by: 'Ada' })
  const cat: LabelClass = { kind: 'class', id: (await as(ADA).call('ids.reserve', { count: 1 })).from, version: 1, name: 'cat', synonyms: [], colour: '#12ab9f', order: 0, extent: 'thing', importedId: null, carried: null }
  const addClass = { diff: adding(cat), imageId: null, label: 'addClass' }
  await expect(as(ADA).call('diff.apply', addClass)).rejects.toMatchObject({ code: 'not-allowed', message: 'changing the class list needs the role reviewer; you are annotator. Ask an owner of the project' })
  await as(BEN).call('diff.apply', addClass)
  const mark = { kind: 'image', id: image.id, version: image.version, state: image.state, ticked: image.ticked, assignee: null, reviewer: null, review: null } as const
  const reviewed: Diff = { added: [], updated: [[mark, { ...mark, review: 'approved', version: mark.version + 1 }]], removed: [] }
  await expect(as(ADA).call('diff.apply', { diff: reviewed, imageId, label: 'review' })).rejects.toMatchObject({ code: 'not-allowed' })
})

test('a verdict and the names of an image need the role that marking many images needs, also when they are taken back', async () => {
  expect(EDIT_ROLES.review).toBe(PROCEDURE_ROLES['images.mark'])
  const { as, imageId } = await teamProject()
  const { image } = await as(BEN).call('image.open', { imageId })
  const mark = { kind: 'image', id: image.id, version: image.version, state: image.state, ticked: image.ticked, assignee: null, reviewer: null, review: null } as const
  const changing = (patch: { review?: 'approved' | 'needsWork'; reviewer?: string; assignee?: string }): Diff => ({ added: [], updated: [[mark, { ...mark, ...patch, version: mark.version + 1 }]], removed: [] })
  for (const patch of [{ review: 'approved' }, { review: 'needsWork' }, { reviewer: 'Ada' }, { assignee: 'Ada' }] as const) {
    await expect(as(ADA).call('diff.apply', { diff: changing(patch), imageId, label: 'review' })).rejects.toMatchObject({ code: 'not-allowed', message: 'changing the review of an image needs the role reviewer; you are annotator. Ask an owner of the project' })
  }
  await as(BEN).call('diff.apply', { diff: changing({ review: 'needsWork' }), imageId, label: 'review' })
  await as(BEN).call('team.here', { imageId })
  await as(BEN).call('team.here', { imageId: null })
  const { entry, diff } = await as(ADA).call('history.step', { imageId, direction: 'undo' })
  if (entry === null || diff === null) throw new Error('nothing to undo')
  await expect(as(ADA).call('diff.apply', { diff, imageId, label: entry.label, undoes: entry.id })).rejects.toMatchObject({ code: 'not-allowed' })
  expect((await as(ADA).call('image.open', { imageId })).image.review).toBe('needsWork')
})

test('two people never edit the same picture; a stale edit is refused with what changed and by whom', async () => {
  const { as, drawn, imageId, otherId } = await teamProject()
  const first = await drawn(ADA)
  expect(await as(ADA).call('team.here', { imageId })).toMatchObject({ lease: { holder: null } })
  await as(ADA).call('diff.apply', { diff: adding(first), imageId, label: 'brush' })
  expect(await as(BEN).call('team.here', { imageId })).toMatchObject({ lease: { holder: 'Ada' }, members: [{ name: 'Ada', editing: true }, { name: 'Ben', editing: false }] })
  await expect(as(BEN).call('diff.apply', { diff: adding(await drawn(BEN)), imageId, label: 'brush' })).rejects.toMatchObject({ code: 'in-use', details: { holder: 'Ada' } })
  await as(ADA).call('team.here', { imageId: otherId })
  await as(BEN).call('team.here', { imageId })
  const { annotations: [stored] } = await as(BEN).call('image.open', { imageId })
  const smaller: Diff = { added: [], updated: [[stored, { ...stored, mask: rectangle(1, 2, 5, 5), areaPx2: 25, version: stored.version + 1 }]], removed: [] }
  await as(BEN).call('diff.apply', { diff: smaller, imageId, label: 'eraser' })
  await as(BEN).call('team.here', { imageId: null })
  await expect(as(ADA).call('diff.apply', { diff: smaller, imageId, label: 'eraser' })).rejects.toMatchObject({
    code: 'stale', message: `changed meanwhile: annotation ${stored.id} (mask, area); nothing was written. Reload and do it again; the last edit here is Ben’s (eraser)`, details: { by: { name: 'Ben', label: 'eraser' } },
  })
})

test('the next unfinished image is one that nobody else is editing, while there is one', async () => {
  const { as, imageId, otherId } = await teamProject()
  const next = async (caller: Caller, from: number | null) => (await as(caller).call('images.nextUnfinished', { imageId: from, direction: 'next' })).imageId
  await as(ADA).call('team.here', { imageId })
  expect([await next(ADA, null), await next(BEN, null)]).toEqual([imageId, otherId])
  expect((await as(BEN).call('images.nextUnfinished', { imageId: null, direction: 'next', filter: { text: '.png' } })).imageId).toBe(otherId)
  await as(OLGA).call('team.here', { imageId: otherId })
  // everything is taken: somebody else's is better than none
  expect([await next(BEN, null), await next(ADA, imageId)]).toEqual([imageId, otherId])
  await as(OLGA).call('team.here', { imageId: null })
  expect(await next(ADA, imageId)).toBe(otherId)
})

test('every change has its line: who, when, what', async () => {
  const before = Date.now()
  const { as, drawn, imageId, engine, root, client } = await teamProject()
  await as(ADA).call('diff.apply', { diff: adding(await drawn(ADA)), imageId, label: 'brush' })
  const { entry, diff } = await as(ADA).call('history.step', { imageId, direction: 'undo' })
  if (entry === null || diff === null) throw new Error('nothing to undo')
  await as(ADA).call('diff.apply', { diff, imageId, label: entry.label, undoes: entry.id })
  await client.call('project.close', {})
  await engine.close()
  const { openProjectFile } = await import('../../../main/project/open-project-file.ts')
  const file = openProjectFile(join(root, 'team.maskwright'))
  const lines = [...file.audit.lines()]
  file.close()
  expect(lines.map(({ who, what, imageId: on, added, removed }) => [who, what, on, added, removed])).toEqual([
    ['Ada', 'folder.add', null, 0, 0], ['Ada', 'brush', imageId, 1, 0], ['Ada', 'undo brush', imageId, 0, 1],
  ])
  for (const { at } of lines) expect(at).toBeGreaterThanOrEqual(before)
})

test('an image that another has is not changed by an edit that names no image, nor by proposals asked for it', async () => {
  const { as, drawn, imageId } = await teamProject()
  await as(ADA).call('team.here', { imageId })
  const held = { code: 'in-use', details: { holder: 'Ada' } }
  await expect(as(BEN).call('diff.apply', { diff: adding(await drawn(BEN)), imageId: null, label: 'brush' })).rejects.toMatchObject(held)
  await expect(as(BEN).call('prelabel.image', { imageId })).rejects.toMatchObject(held)
  expect((await as(BEN).call('image.open', { imageId })).annotations).toEqual([])
})

test('nobody removes another’s comment, and an undo writes only what it undoes', async () => {
  const { as, imageId, drawn } = await teamProject()
  const comment = { kind: 'comment' as const, id: (await as(BEN).call('ids.reserve', { count: 1 })).from, version: 1, imageId, text: 'the wall is missing', author: 'Ben', at: 1, resolved: false }
  await as(BEN).call('diff.apply', { diff: adding(comment), imageId, label: 'comment' })
  // gone on, so that the image is free
  await as(BEN).call('team.here', { imageId })
  await as(BEN).call('team.here', { imageId: null })
  const { comments: [stored] } = await as(ADA).call('image.open', { imageId })
  await expect(as(ADA).call('diff.apply', { diff: { added: [], updated: [], removed: [stored] }, imageId, label: 'removeComment' })).rejects.toMatchObject({ code: 'not-allowed' })
  await as(ADA).call('diff.apply', { diff: adding(await drawn(ADA)), imageId, label: 'brush' })
  const { entry, diff } = await as(ADA).call('history.step', { imageId, direction: 'undo' })
  if (entry === null || diff === null) throw new Error('nothing to undo')
  const forged = { ...comment, id: (await as(ADA).call('ids.reserve', { count: 1 })).from, text: 'approved' }
  await expect(as(ADA).call('diff.apply', { diff: { ...diff, added: [forged] }, imageId, label: entry.label, undoes: entry.id })).rejects.toMatchObject({ code: 'not-allowed' })
  await as(ADA).call('diff.apply', { diff, imageId, label: entry.label, undoes: entry.id })
  expect((await as(ADA).call('image.open', { imageId })).comments).toMatchObject([{ text: 'the wall is missing', author: 'Ben' }])
})
