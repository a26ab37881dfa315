import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import { adding, annotation, edit, newProject, testFolder } from './sample-project.ts'

const folder = testFolder()

test('a backup made while edits go on is a whole project', async () => {
  const { project, imageIds: [a] } = newProject(join(folder, 'busy.maskwright'))
  for (let n = 0; n < 3000; n++) project.history.apply({ diff: adding(annotation(project, a, { carried: { padding: 'x'.repeat(800) } })), imageId: a, label: 'brush', author: 'Ada' })
  const before = project.annotations.ofImage(a).length
  const copy = join(folder, 'copy.maskwright')
  let written = 0
  const progress = { running: true }
  const backup = project.backup(copy).finally(() => { progress.running = false })
  while (progress.running) {
    edit(project, a, adding(annotation(project, a)))
    written++
    await new Promise((resolve) => { setImmediate(resolve) })
  }
  expect(await backup).toBe(statSync(copy).size)
  expect(written).toBeGreaterThan(1)
  const restored = openProjectFile(copy)
  const { length } = restored.annotations.ofImage(a)
  expect(length).toBeGreaterThanOrEqual(before)
  expect(length).toBeLessThanOrEqual(before + written)
  expect(restored.images.row(a)?.kept).toBe(length)
  expect(restored.history.page(a, 1)).toMatchObject([{ state: 'done' }])
  expect(restored.id).toBe(project.id)
  restored.close()
  project.close()
  expect(readdirSync(folder).sort()).toEqual(['busy.maskwright', 'copy.maskwright'])
})

test('a backup goes over an older one, but never over the project, nor into a folder that is not there', async () => {
  const { project } = newProject(join(folder, 'p.maskwright'))
  const copy = join(folder, 'p-copy.maskwright')
  await project.backup(copy)
  project.meta.set('later', true)
  await project.backup(copy)
  const restored = openProjectFile(copy)
  expect(restored.meta.get('later')).toBe(true)
  restored.close()
  await expect(project.backup(project.path)).rejects.toMatchObject({ code: 'bad-input' })
  await expect(project.backup(join(folder, 'no such', 'x'))).rejects.toMatchObject({ code: 'not-found' })
  expect(existsSync(`${copy}.part`)).toBe(false)
  project.close()
})

test('closing the project gives up a backup that runs, and leaves nothing of it', async () => {
  const { project, imageIds: [a] } = newProject(join(folder, 'closing.maskwright'))
  for (let n = 0; n < 5; n++) edit(project, a, adding(annotation(project, a, { carried: { padding: 'x'.repeat(2_000_000) } })))
  const backup = project.backup(join(folder, 'given-up.maskwright'))
  project.close()
  await expect(backup).rejects.toMatchObject({ code: 'cancelled' })
  expect(readdirSync(folder).filter((name) => name.startsWith('given-up'))).toEqual([])
})
