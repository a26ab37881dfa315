import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { startEngine, type TestEngine } from './test-engine.ts'

const IMAGES = 2

/** A project of two pictures with something to find in each. */
async function withScenes(own: TestEngine): Promise<string> {
  const photos = join(own.root, 'photos')
  mkdirSync(photos)
  for (let i = 0; i < IMAGES; i++) {
    await sharp({ create: { width: 160, height: 120, channels: 3, background: '#3060a0' } })
      .composite([{ input: { create: { width: 50, height: 60, channels: 3, background: '#e0a020' } }, left: 20 + 15 * i, top: 30 }])
      .png().toFile(join(photos, `${i}.png`))
  }
  const { display } = await own.client.call('project.create', { grant: (await own.grantOf('')).grant, name: 'scenes' })
  await own.client.call('folder.add', { grant: (await own.grantOf('photos')).grant })
  return display
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 50) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`waited a minute for: ${what}`)
}

test('a project closed in the middle of a job closes in order; opened again, the job goes on where it was', { timeout: 120_000 }, async () => {
  const own = await startEngine()
  const path = await withScenes(own)
  const first = (await own.client.call('images.page', { offset: 0, limit: 1 })).rows[0].id
  expect(await own.client.call('prelabel.start', { scope: 'untouched' })).toMatchObject({ state: 'running', total: IMAGES })
  await until('a first image to be done', async () => (await own.client.call('prelabel.status', {})).done > 0)
  const single = own.client.call('prelabel.image', { imageId: first, settings: {} }).then(() => 'finished', (error: { code?: string }) => error.code)
  await own.client.call('project.close', {})
  expect(await single).toBe('cancelled')
  expect((await own.client.call('app.info', {})).pipeline.state).toBe('stopped')
  await expect(own.client.call('prelabel.status', {})).rejects.toMatchObject({ code: 'no-project' })

  await own.engine.openProject(path)
  const resumed = await own.client.call('prelabel.status', {})
  expect(resumed.total).toBe(IMAGES)
  expect(resumed.done).toBeGreaterThan(0)
  await until('the job to finish', async () => (await own.client.call('prelabel.status', {})).state === 'finished')
  expect(await own.client.call('prelabel.status', {})).toMatchObject({ done: IMAGES, failed: 0 })
  const { rows } = await own.client.call('images.page', { offset: 0, limit: IMAGES })
  for (const row of rows) expect([row.path, row.pending > 0]).toEqual([row.path, true])
})

test('another project opened in the middle of a job: the job ends with its project, and the other opens', { timeout: 120_000 }, async () => {
  const own = await startEngine()
  await withScenes(own)
  await own.client.call('prelabel.start', { scope: 'untouched' })
  expect((await own.client.call('project.create', { grant: (await own.grantOf('')).grant, name: 'other' })).imageCount).toBe(0)
  expect(await own.client.call('prelabel.status', {})).toMatchObject({ state: 'idle', total: 0 })
})
