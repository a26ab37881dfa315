import { expect, test } from 'vitest'
import { EngineError } from '../../../../main/contract/errors.ts'
import { createImageList } from '../../../../renderer/views/state/image-list.ts'
import { createNoticeList } from '../../../../renderer/views/state/notice-list.ts'
import { createPage } from '../../../../renderer/views/state/page.ts'
import { english } from '../english.ts'
import { proposal } from '../fake-engine.ts'
import { TestCanvas } from '../test-canvas.ts'

test('another project is not opened while an edit of this one waits: it would be sent to that one', async () => {
  const canvas = await TestCanvas.open(12, 8, (engine) => engine.put(proposal(7, 1, { x: 0, y: 0, width: 2, height: 2, runs: Uint8Array.of(0, 4) })))
  const { engine, editor } = canvas
  const notices = createNoticeList()
  const page = createPage({ client: engine.client, editor, images: createImageList(engine.client, () => undefined), notices, storage: null, say: english } as unknown as Parameters<typeof createPage>[0])
  engine.failures.set('diff.apply', ['disk-full', 'disk-full'])
  editor.accept(7)
  expect(await page.openProject('a grant')).toBe(false)
  expect(engine.calls.some(({ name }) => name === 'project.open')).toBe(false)
  expect(editor.state()).toMatchObject({ saving: 'failed', image: { id: 1 } })
  expect(notices.state().notices.at(-1)).toMatchObject({ level: 'error', message: expect.stringContaining('made to fail: disk-full') as unknown })
})

test('what fails for want of a connection is said by the banner alone; anything else, and without a banner, is a notice', async () => {
  const { engine, editor } = await TestCanvas.open(12, 8)
  const notices = createNoticeList()
  let connection = 'open'
  const page = createPage({ client: engine.client, editor, engine: { state: () => ({ connection }) }, images: createImageList(engine.client, () => undefined), notices, storage: null, say: english } as unknown as Parameters<typeof createPage>[0])
  const failing = (code: 'unavailable' | 'busy') => page.attempt(() => Promise.reject(new EngineError(code, `made to fail: ${code}`)))
  const said = () => notices.state().notices.map(({ message }) => message)
  connection = 'lost'
  await failing('unavailable')
  expect(said()).toEqual([])
  await failing('busy')
  connection = 'open'
  await failing('unavailable')
  expect(said()).toEqual(['made to fail: busy', 'made to fail: unavailable'])
})

test('an image that somebody else edits is neither finished nor given proposals, it is said whose it is, and it stays open', async () => {
  const { engine, editor } = await TestCanvas.open(12, 8, (fake) => fake.addImage(2, 12, 8))
  const notices = createNoticeList()
  const page = createPage({ client: engine.client, editor, images: createImageList(engine.client, () => undefined), notices, storage: null, say: (key: string, values: object) => `${key} ${JSON.stringify(values)}` } as unknown as Parameters<typeof createPage>[0])
  editor.setHolder('Ben')
  expect(page.whyNotDone()).toBe('said.heldBy {"name":"Ben"}')
  await page.finishImage()
  await page.propose()
  expect(editor.state().image).toMatchObject({ id: 1, state: 'new' })
  expect(engine.calls.some(({ name }) => name === 'prelabel.image' || name === 'diff.apply')).toBe(false)
  expect(notices.state().notices.map(({ level, message }) => [level, message])).toEqual([['warn', 'said.heldBy {"name":"Ben"}']])
  editor.setHolder(null)
  expect(page.whyNotDone()).toBeNull()
})
