import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { MIGRATIONS } from '../../../main/project/migrations/all.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import { adding, annotation, codeOf, edit, errorOf, newProject, testFolder } from './sample-project.ts'

const folder = testFolder()
const disk = join(folder, 'disk')
mkdirSync(disk)
const mounting = process.platform === 'linux' ? spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk], { encoding: 'utf8' }) : null
const reason = mounting === null ? 'a tmpfs needs Linux' : mounting.error?.message ?? mounting.stderr.trim()
const mounted = mounting?.status === 0
if (!mounted) process.stderr.write(`disk-full tests skipped: ${reason}\n`)
afterAll(() => { if (mounted) spawnSync('umount', [disk]) })

test.skipIf(!mounted)(`on a full disk an edit is refused whole, and goes on once there is space again${mounted ? '' : ` (skipped: ${reason})`}`, () => {
  const { project, imageIds: [a] } = newProject(join(disk, 'small.maskwright'))
  const [ballast, more] = [join(disk, 'ballast'), join(disk, 'more')]
  for (const path of [ballast, more]) writeFileSync(path, Buffer.alloc(700_000))
  const big = () => annotation(project, a, { carried: { padding: 'x'.repeat(100_000) } })
  let written = 0
  const error = errorOf(() => {
    for (; written < 100; written++) edit(project, a, adding(big()))
  })
  expect([error.code, error.message]).toEqual(['disk-full', expect.stringMatching(/small\.maskwright.*free some space/)])
  const state = () => [project.annotations.ofImage(a).length, project.images.row(a)?.kept, project.history.page(a, 500).length]
  expect(state()).toEqual([written, written, written])
  expect(codeOf(() => edit(project, a, adding(big())))).toBe('disk-full')
  rmSync(ballast)
  edit(project, a, adding(big()))
  expect(state()).toEqual([written + 1, written + 1, written + 1])
  const before = project.annotations.ofImage(a)
  // closing brings the log into the file as far as there is space; what has none waits in the log
  project.close()
  rmSync(more)
  const again = openProjectFile(project.path)
  expect(again.annotations.ofImage(a)).toEqual(before)
  again.close()
})

test.skipIf(!mounted)(`a backup onto a full disk fails with its reason and leaves nothing there${mounted ? '' : ` (skipped: ${reason})`}`, async () => {
  const { project, imageIds: [a] } = newProject(join(folder, 'big.maskwright'))
  for (let n = 0; n < 10; n++) edit(project, a, adding(annotation(project, a, { carried: { padding: 'x'.repeat(1_000_000) } })))
  await expect(project.backup(join(disk, 'copy.maskwright'))).rejects.toMatchObject({ code: 'disk-full' })
  expect(codeOf(() => openProjectFile(join(disk, 'copy.maskwright')))).toBe('not-found')
  project.close()
})

test.skipIf(!mounted)(`a migration without space for its backup changes nothing and leaves no half backup${mounted ? '' : ` (skipped: ${reason})`}`, () => {
  const { project } = newProject(join(folder, 'old.maskwright'))
  project.close()
  spawnSync('sh', ['-c', 'cat /dev/zero > "$1/fill" 2>/dev/null', 'sh', disk])
  const migrations = [...MIGRATIONS, 'CREATE TABLE later (x INTEGER) STRICT;']
  expect(codeOf(() => openProjectFile(project.path, { migrations, backupFolder: disk }))).toBe('disk-full')
  expect(readdirSync(disk).filter((name) => name.includes('before-format'))).toEqual([])
  rmSync(join(disk, 'fill'))
  // still of the old format, whole
  openProjectFile(project.path).close()
})

test.skipIf(!mounted)(`a project can’t be created on a full disk, and nothing of it is left${mounted ? '' : ` (skipped: ${reason})`}`, () => {
  spawnSync('sh', ['-c', 'cat /dev/zero > "$1/fill" 2>/dev/null', 'sh', disk])
  expect(codeOf(() => openProjectFile(join(disk, 'new.maskwright'), { create: { name: 'New' } }))).toBe('disk-full')
  rmSync(join(disk, 'fill'))
  expect(codeOf(() => openProjectFile(join(disk, 'new.maskwright')))).toBe('not-found')
})
