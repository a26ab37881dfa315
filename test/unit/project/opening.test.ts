import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { APPLICATION_ID, MIGRATIONS } from '../../../main/project/migrations/all.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import { adding, annotation, codeOf, errorOf, labelClass, newProject, scanned, testFolder } from './sample-project.ts'

const folder = testFolder()

test('a new project carries our mark, version and page size, and leaves one file when closed', () => {
  const path = join(folder, 'new.maskwright')
  const { project } = newProject(path)
  expect(project).toMatchObject({ name: 'Sample', path })
  expect(project.id).toMatch(/^[0-9a-f-]{36}$/)
  project.close()
  project.close()
  expect(readdirSync(folder).filter((name) => name.startsWith('new'))).toEqual(['new.maskwright'])
  const db = new Database(path, { readonly: true })
  const pragma = (name: string) => db.pragma(name, { simple: true })
  expect([pragma('application_id'), pragma('user_version'), pragma('page_size'), pragma('journal_mode')]).toEqual([APPLICATION_ID, MIGRATIONS.length, 8192, 'wal'])
  expect((db.pragma('table_list') as { name: string; schema: string; type: string; strict: number }[]).filter(({ name, type }) => type === 'table' && !name.startsWith('sqlite_')).every(({ strict }) => strict === 1)).toBe(true)
  db.close()
  const again = openProjectFile(path)
  expect([again.id, again.name]).toEqual([project.id, 'Sample'])
  again.close()
})

test('a closed project says so', () => {
  const { project } = newProject(join(folder, 'closed.maskwright'))
  project.close()
  expect(codeOf(() => project.images.counts())).toBe('no-project')
})

test('a project is never created over something', () => {
  const { project } = newProject(join(folder, 'there.maskwright'))
  project.close()
  expect(codeOf(() => openProjectFile(project.path, { create: { name: 'Again' } }))).toBe('bad-input')
  writeFileSync(join(folder, 'text.txt'), 'hello')
  expect(codeOf(() => openProjectFile(join(folder, 'text.txt'), { create: { name: 'Over' } }))).toBe('bad-input')
  expect(readFileSync(join(folder, 'text.txt'), 'utf8')).toBe('hello')
  // what a save dialog may have left
  writeFileSync(join(folder, 'empty.maskwright'), '')
  openProjectFile(join(folder, 'empty.maskwright'), { create: { name: 'Fine' } }).close()
  expect(codeOf(() => openProjectFile(join(folder, 'no such', 'x.maskwright'), { create: { name: 'X' } }))).toBe('not-found')
})

test('what is no project is refused by name and stays as it is, to the byte', () => {
  expect(codeOf(() => openProjectFile(join(folder, 'nothing.maskwright')))).toBe('not-found')
  mkdirSync(join(folder, 'folder.maskwright'))
  expect(codeOf(() => openProjectFile(join(folder, 'folder.maskwright')))).toBe('not-a-project')
  const other = new Database(join(folder, 'other.db'))
  other.exec('CREATE TABLE t (x)')
  other.close()
  writeFileSync(join(folder, 'photo.jpg'), Buffer.alloc(20_000, 7))
  writeFileSync(join(folder, 'zero.maskwright'), '')
  for (const name of ['other.db', 'photo.jpg', 'zero.maskwright']) {
    const path = join(folder, name)
    const before = readFileSync(path)
    const error = errorOf(() => openProjectFile(path))
    expect([error.code, error.message]).toEqual(['not-a-project', expect.stringContaining(name)])
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(readdirSync(folder).filter((found) => found.startsWith(name))).toEqual([name])
  }
})

test('a project of a newer version is refused with both versions and stays as it is', () => {
  const { project } = newProject(join(folder, 'newer.maskwright'))
  project.close()
  const db = new Database(project.path)
  db.pragma('user_version = 99')
  db.close()
  const before = readFileSync(project.path)
  const error = errorOf(() => openProjectFile(project.path))
  expect([error.code, error.message]).toEqual(['newer-version', expect.stringMatching(/format 99; this one knows up to \d+.*update Maskwright/)])
  expect(readFileSync(project.path).equals(before)).toBe(true)
})

test('a link to an open project is the same project', () => {
  const { project } = newProject(join(folder, 'real.maskwright'))
  symlinkSync(project.path, join(folder, 'link.maskwright'))
  expect(codeOf(() => openProjectFile(join(folder, 'link.maskwright')))).toBe('in-use')
  project.close()
})

test('an old project is backed up before it is migrated', () => {
  const { project } = newProject(join(folder, 'old.maskwright'))
  project.meta.set('written by', 'the old version')
  project.close()
  const migrations = [...MIGRATIONS, 'CREATE TABLE later (x INTEGER) STRICT;']
  const migrated = openProjectFile(project.path, { migrations, backupFolder: folder })
  expect(migrated.meta.get('written by')).toBe('the old version')
  migrated.close()
  const backup = join(folder, `old.maskwright.before-format-${migrations.length}`)
  expect(codeOf(() => openProjectFile(project.path))).toBe('newer-version')
  const restored = openProjectFile(backup)
  expect(restored.meta.get('written by')).toBe('the old version')
  expect(restored.images.counts().images).toBe(2)
  restored.close()
})

/** A project as a version before its last formats left it: of two masks, what both packs learnt from one, and the other muted. */
function remembering(name: string, format: number) {
  const path = join(folder, name)
  const old = openProjectFile(path, { create: { name: 'Old' } })
  const [imageId] = old.images.applyScan(old.folders.add('/pictures'), { added: [scanned('a.jpg')], changed: [], missing: [], returned: [] })
  const cat = labelClass(old, 'cat')
  const [kept, muted] = [0, 1].map(() => annotation(old, imageId, { classId: cat.id }))
  old.history.apply({ diff: adding(cat), imageId: null, label: 'classList', author: 'Ada' })
  old.history.apply({ diff: adding(kept, muted), imageId, label: 'brush', author: 'Ada' })
  old.memory.put(['demo', 'classic'].flatMap((pack) => [kept, muted].map(({ id }) => ({ annotationId: id, imageId, classId: cat.id, pack, checkpoints: '', positive: true, vector: Float32Array.of(1, 2) }))))
  old.memory.mute(muted.id)
  old.close()
  const db = new Database(path)
  db.exec('DROP INDEX memory_learnt; ALTER TABLE memory DROP COLUMN checkpoints; ALTER TABLE jobs DROP COLUMN resolved')
  db.pragma(`user_version = ${format}`)
  db.close()
  const now = openProjectFile(path, { backupFolder: folder })
  const found = ['demo', 'classic'].map((pack) => [now.memory.all(pack, ''), now.annotations.untaught(pack, '', 10).flatMap(({ annotations }) => annotations)].map((list) => list.map((one) => ('annotationId' in one ? one.annotationId : one.id))))
  const stored = now.memory.all('demo').map(({ annotationId }) => annotationId)
  now.close()
  return { kept, found, stored }
}

test('what packs with text remember without traits is learnt anew, and what a person made to teach nothing goes on teaching nothing', () => {
  const { kept, found, stored } = remembering('before-traits.maskwright', 5)
  expect([found, stored]).toEqual([[[[], [kept.id]], [[kept.id], []]], []])
})

test('what packs remember of checkpoints that nobody wrote down is kept and looked at again; the pack classic has none', () => {
  const { kept, found, stored } = remembering('before-checkpoints.maskwright', 6)
  expect([found, stored]).toEqual([[[[], [kept.id]], [[kept.id], []]], [kept.id]])
})

test('a migration that fails half-way changes nothing', () => {
  const { project } = newProject(join(folder, 'half.maskwright'))
  project.close()
  expect(codeOf(() => openProjectFile(project.path, { migrations: [...MIGRATIONS, 'CREATE TABLE later (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);'] }))).toBe('internal')
  const dangling = 'DELETE FROM folders;'
  expect(errorOf(() => openProjectFile(project.path, { migrations: [...MIGRATIONS, dangling] }))).toMatchObject({ code: 'bad-file', message: expect.stringContaining('images') as unknown })
  const again = openProjectFile(project.path)
  expect(again.folders.list()).toHaveLength(1)
  again.close()
})

test('a creation that fails leaves nothing behind', () => {
  const path = join(folder, 'failed.maskwright')
  expect(codeOf(() => openProjectFile(path, { create: { name: 'F' }, migrations: ['nonsense'] }))).toBe('internal')
  expect(readdirSync(folder).filter((name) => name.startsWith('failed'))).toEqual([])
})

test('a damaged file is said to be damaged', () => {
  const { project } = newProject(join(folder, 'damaged.maskwright'))
  project.close()
  const bytes = readFileSync(project.path)
  bytes.fill(0xa5, 8192)
  writeFileSync(project.path, bytes)
  expect(['bad-file', 'not-a-project']).toContain(codeOf(() => openProjectFile(project.path)))
})
