import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { backUpInUse } from '../../../main/project/backup.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import { errorOf, newProject, take, testFolder } from './sample-project.ts'

const folder = testFolder()
const WRITER = fileURLToPath(new URL('child-writer.ts', import.meta.url))
const children: ChildProcess[] = []
afterAll(() => { for (const child of children) child.kill('SIGKILL') })

/** Starts child-writer.ts; resolves when it has printed `lines` lines. */
async function start(command: string, file: string, lines: number): Promise<{ child: ChildProcess; output: () => string; ended: Promise<void> }> {
  const child = spawn(process.execPath, ['--expose-gc', WRITER, command, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  let output = ''
  const ended = new Promise<void>((resolve) => { child.once('close', () => resolve()) })
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.split('\n').length > lines) resolve()
    })
    child.once('close', () => reject(new Error(`the child ended after: ${output}`)))
  })
  return { child, output: () => output, ended }
}

test('kill -9 in the middle of writing loses nothing that was acknowledged, and the lock goes with the process', async () => {
  const { project, imageIds: [a] } = newProject(join(folder, 'killed.maskwright'))
  project.close()
  let acknowledged: number[] = []
  for (const lines of [1, 37, 120]) {
    const { child, output, ended } = await start('write', project.path, lines)
    child.kill('SIGKILL')
    await ended
    acknowledged = [...acknowledged, ...[...output().matchAll(/^written (\d+)$/gm)].map((match) => Number(match[1]))]
    expect(existsSync(`${project.path}-lock`)).toBe(true)
    const again = openProjectFile(project.path)
    const stored = again.annotations.ofImage(a).map(({ id }) => id)
    // at most the edit that was not answered yet may be there besides
    expect(acknowledged.filter((id) => !stored.includes(id))).toEqual([])
    expect(again.images.row(a)?.kept).toBe(stored.length)
    expect(again.history.page(a, 500)).toHaveLength(Math.min(500, stored.length))
    expect(take(again, a, 'undo') && take(again, a, 'redo')).toBe(true)
    again.close()
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(158)
})

test('kill -9 in the middle of an import leaves the project as it was, and nothing beside it', async () => {
  const MANY = 12_000
  const { project } = newProject(join(folder, 'import-killed.maskwright'))
  const [{ id: folderId }] = project.folders.list()
  project.images.applyScan(folderId, { added: Array.from({ length: MANY }, (_, i) => ({ path: `m/${i}.jpg`, width: 10, height: 8, bytes: 1, modified: 1, fingerprint: '', problem: null, remark: null })), changed: [], missing: [], returned: [] })
  const before = [[...project.images.forExport()], project.images.counts(), project.classes.list()]
  project.close()
  const { output, ended } = await start('join', project.path, 1)
  await ended
  const [, joined] = /^joined (\d+)\n$/.exec(output()) ?? []
  expect(Number(joined)).toBeGreaterThan(0)
  expect(Number(joined)).toBeLessThan(MANY)
  const beside = () => readdirSync(folder).filter((name) => name.startsWith('import-killed.maskwright.import-'))
  expect(beside()).toHaveLength(1)
  // names that only begin like ours are a person's
  mkdirSync(join(folder, 'import-killed.maskwright.import-0badc0de.d'))
  writeFileSync(join(folder, 'import-killed.maskwright.import-before'), 'a copy')
  const again = openProjectFile(project.path)
  const withoutVersion = ([images, ...rest]: unknown[]) => [(images as { row: object }[]).map((one) => ({ ...one, row: { ...one.row, version: 0 } })), ...rest]
  expect(withoutVersion([[...again.images.forExport()], again.images.counts(), again.classes.list()])).toEqual(withoutVersion(before))
  expect(again.meta.get('said')).toBeUndefined()
  expect(beside().sort()).toEqual(['import-killed.maskwright.import-0badc0de.d', 'import-killed.maskwright.import-before'])
  again.close()
}, 30_000)

test('a second process is told who has the project open, and gets in when that one is killed', async () => {
  const { project } = newProject(join(folder, 'held.maskwright'))
  project.close()
  const { child, ended } = await start('hold', project.path, 1)
  const error = errorOf(() => openProjectFile(project.path))
  expect(error.code).toBe('in-use')
  expect(error.message).toContain(`process ${child.pid} since`)
  expect(error.details).toMatchObject({ pid: child.pid })
  child.kill('SIGKILL')
  await ended
  openProjectFile(project.path).close()
  expect(readdirSync(folder).filter((name) => name.startsWith('held'))).toEqual(['held.maskwright'])
})

test('the same process can’t open a project twice either, by whatever name', () => {
  const { project } = newProject(join(folder, 'twice.maskwright'))
  expect(errorOf(() => openProjectFile(join(folder, '.', 'twice.maskwright')))).toMatchObject({ code: 'in-use', message: expect.stringContaining(`in this process (${process.pid})`) as unknown })
  // the refused attempt must not have let go of the first one's lock
  expect(spawnSync(process.execPath, [WRITER, 'try', project.path]).stdout.toString()).toMatch(/^in-use /)
  project.close()
  expect(spawnSync(process.execPath, [WRITER, 'try', project.path]).stdout.toString()).toBe('ok\n')
})

chmodSync(folder, 0o755)
const unprivileged = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined
const tryAs = (file: string, how = '') => spawnSync(process.execPath, [WRITER, 'try', file, how], { ...unprivileged, encoding: 'utf8' })
const readable = process.platform !== 'win32' && tryAs(join(folder, 'nothing')).stdout.startsWith('not-found')

test.skipIf(!readable)(`a project without permission is refused by name${readable ? '' : ' (skipped: the sources can’t be read by an unprivileged process here)'}`, () => {
  const closed = join(folder, 'closed')
  mkdirSync(closed)
  const { project } = newProject(join(closed, 'mine.maskwright'))
  project.close()
  chmodSync(closed, 0o555)
  chmodSync(project.path, 0o444)
  expect(tryAs(project.path).stdout).toMatch(/^no-permission .*mine\.maskwright/)
  expect(tryAs(join(closed, 'new.maskwright'), 'new').stdout).toMatch(/^no-permission .*new\.maskwright/)
  chmodSync(closed, 0o777)
  expect(tryAs(project.path).stdout).toMatch(/^no-permission .*mine\.maskwright/)
  expect(readdirSync(closed)).toEqual(['mine.maskwright'])
  openProjectFile(project.path).close()
})

test('a stale lock file of any content keeps nobody out', () => {
  const { project } = newProject(join(folder, 'stale.maskwright'))
  project.close()
  for (const content of ['', 'x', 'cut off by a power cut '.repeat(500)]) {
    writeFileSync(`${project.path}-lock`, content)
    openProjectFile(project.path).close()
  }
})

test('a project that another process has open and writes to is backed up all the same, whole', async () => {
  const { project, imageIds: [a] } = newProject(join(folder, 'written.maskwright'))
  project.close()
  const { child, output, ended } = await start('write', project.path, 20)
  const copy = join(folder, 'written-copy.maskwright')
  const before = [...output().matchAll(/^written \d+$/gm)].length
  await backUpInUse(project.path, copy)
  child.kill('SIGKILL')
  await ended
  const restored = openProjectFile(copy)
  expect(restored.annotations.ofImage(a).length).toBeGreaterThanOrEqual(before)
  restored.close()
  writeFileSync(join(folder, 'none.maskwright'), '')
  await expect(backUpInUse(join(folder, 'none.maskwright'), copy)).rejects.toMatchObject({ code: 'not-a-project' })
})

test('who changed what is read while another process has the project open and goes on writing', async () => {
  const { project } = newProject(join(folder, 'audited.maskwright'))
  project.audit.add('Ada', 'team.takeOver')
  project.close()
  const { child, ended } = await start('write', project.path, 5)
  const { status, stdout } = spawnSync(process.execPath, [fileURLToPath(new URL('../../../main/cli/maskwright.ts', import.meta.url)), 'audit', '--project', project.path, '--json'], { encoding: 'utf8' })
  expect(status).toBe(0)
  expect(stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toContainEqual(expect.objectContaining({ who: 'Ada', what: 'team.takeOver' }))
  child.kill('SIGKILL')
  await ended
})
