import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { PrelabelRequest } from '../../../main/contract/jobs.ts'
import type { Crew, CrewResult, CrewRun } from '../../../main/prelabel/crew.ts'
import { createPrelabel } from '../../../main/prelabel/prelabel.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import { scanned, testFolder } from '../project/sample-project.ts'

const folder = testFolder()
let projects = 0

/** A job of three pictures that `work` does. */
function jobOf(work: (run: CrewRun) => Promise<void>, stop: Crew['stop'] = () => Promise.resolve()) {
  const path = join(folder, `${++projects}.maskwright`)
  const file = openProjectFile(path, { create: { name: 'p' } })
  const imageIds = file.images.applyScan(file.folders.add(folder), { added: ['a.jpg', 'b.jpg', 'c.jpg'].map((name) => scanned(name, { width: 32, height: 24 })), changed: [], missing: [], returned: [] })
  const prelabel = createPrelabel({
    file,
    options: { pipelineEntry: '', fork: () => { throw new Error('others do the work') }, crew: { work, stop } },
    log: { write: () => undefined, recent: () => [], exportTo: () => Promise.resolve() },
    emit: () => undefined,
  })
  onTestFinished(async () => {
    await prelabel.close()
    file.close()
    rmSync(path, { force: true })
  })
  return { prelabel, imageIds }
}
const request = PrelabelRequest.parse({ scope: 'untouched' })

test('an answer that is none leaves its image out and the job goes on', async () => {
  const strange = { found: { width: 32, height: 24, device: 'cpu', proposals: [{ mask: { x: 0, y: 0, width: 5, height: 5 }, areaPx2: 25 }] } } as unknown as CrewResult
  const { prelabel, imageIds } = jobOf(async (run) => {
    for (const imageId of run.todo) await run.take(imageId, imageId === imageIds[0] ? strange : { problem: 'too dark' })
  })
  prelabel.start(request)
  await vi.waitFor(() => expect(prelabel.status()).toMatchObject({ state: 'finished', failed: 3 }), { timeout: 20_000 })
})

test('a result that is stored while the job was paused and resumed is not asked for again', async () => {
  const asked: number[][] = []
  let stopped = (): void => undefined
  const until = new Promise<void>((resolve) => { stopped = resolve })
  const { prelabel, imageIds } = jobOf(async (run) => {
    asked.push([...run.todo])
    if (asked.length === 1) {
      await until
      // on its way when the job was paused
      await run.take(imageIds[0], { problem: 'too dark' })
    } else for (const imageId of run.todo) await run.take(imageId, { problem: 'too dark' })
  })
  prelabel.start(request)
  await vi.waitFor(() => expect(asked).toHaveLength(1), { timeout: 20_000 })
  prelabel.pause()
  prelabel.resume()
  stopped()
  await vi.waitFor(() => expect(prelabel.status()).toMatchObject({ state: 'finished', failed: 3 }), { timeout: 20_000 })
  expect(asked).toEqual([imageIds, imageIds.slice(1)])
})
