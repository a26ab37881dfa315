import { cpSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { openStartProject } from '../../../main/engine/start-project.ts'
import { startEngine } from './test-engine.ts'

const SCENES = join(dirname(fileURLToPath(import.meta.url)), '../../../resources/scenes')

test('a new project begins with the labels it is given; opened again it is left as it was', { timeout: 60_000 }, async () => {
  const { engine, client, root } = await startEngine()
  const images = join(root, 'pictures')
  mkdirSync(images)
  for (const name of ['scene-4000002.jpg', 'scene-4000003.jpg']) cpSync(join(SCENES, 'pictures', name), join(images, name))
  const start = { project: join(root, 'scenes.maskwright'), images, labels: join(SCENES, 'labels') }
  await openStartProject(engine, start)
  const { classes, imageCount } = await client.call('project.info', {})
  expect(imageCount).toBe(2)
  expect(classes).toHaveLength(20)
  expect(classes.find(({ name }) => name === 'sky')).toMatchObject({ extent: 'stuff' })
  const { rows } = await client.call('images.page', { offset: 0, limit: 10 })
  expect(rows.map(({ path, state }) => [path, state])).toEqual([['scene-4000002.jpg', 'done'], ['scene-4000003.jpg', 'new']])

  await openStartProject(engine, start)
  expect((await client.call('project.info', {})).classes).toHaveLength(20)
})

test('a new project is pre-labelled at once where a pack is named', { timeout: 120_000 }, async () => {
  const { engine, client, root } = await startEngine()
  const images = join(root, 'pictures')
  mkdirSync(images)
  cpSync(join(SCENES, 'pictures', 'scene-4000003.jpg'), join(images, 'scene-4000003.jpg'))
  await openStartProject(engine, { project: join(root, 'scenes.maskwright'), images, prelabel: 'classic' })
  expect((await client.call('prelabel.status', {})).jobId).not.toBeNull()
  await vi.waitFor(async () => { expect(await client.call('prelabel.status', {})).toMatchObject({ state: 'finished', done: 1, failed: 0 }) }, { timeout: 100_000, interval: 200 })
  // what the live settings begin with
  expect((await client.call('prelabel.methods', {})).last).toEqual({ pack: 'classic', method: 'regions', settings: {} })
})

test('a pack that is not there is said when the project is made', { timeout: 60_000 }, async () => {
  const { engine, root } = await startEngine()
  mkdirSync(join(root, 'pictures'))
  cpSync(join(SCENES, 'pictures', 'scene-4000003.jpg'), join(root, 'pictures', 'scene-4000003.jpg'))
  await expect(openStartProject(engine, { project: join(root, 'scenes.maskwright'), images: join(root, 'pictures'), prelabel: 'no-such-pack' })).rejects.toThrow('no-such-pack')
})
