import { expect, test } from 'vitest'
import type { EditorState } from '../../../../renderer/document/editor-state.ts'
import type { EngineState } from '../../../../renderer/views/state/engine-state.ts'
import { createNoticeList } from '../../../../renderer/views/state/notice-list.ts'
import { sayWhatHappened } from '../../../../renderer/views/state/say-what-happened.ts'
import { createStore } from '../../../../renderer/views/state/store.ts'

/** An editor and an engine that say what the test says, and the notices that came of it. */
function watched() {
  const editor = createStore({ lastStep: null } as unknown as EditorState)
  const engine = createStore({ job: null, pack: null } as unknown as EngineState)
  const notices = createNoticeList(() => {})
  sayWhatHappened({ editor, engine, notices, say: (key, values) => `${key} ${JSON.stringify(values ?? {})}` })
  const job = (state: string, proposals: number, unnamed: number, problems: readonly { path: string; reason: string }[] = []) => engine.set({ job: { state, proposals, unnamed, problems, failed: problems.length } as unknown as EngineState['job'] })
  const pack = (state: string, work = 'install') => engine.set({ pack: { name: 'tiny', state, work, message: state === 'failed' ? 'why' : null } as unknown as EngineState['pack'] })
  return { editor, job, pack, messages: () => notices.state().notices.map(({ message }) => message) }
}

test('the end of a job is said once with its counts, and what to do when some have no class', () => {
  const { job, messages } = watched()
  job('finished', 5, 0) // an earlier one: no news
  job('running', 0, 0)
  job('running', 100, 30)
  job('finished', 312, 92)
  job('finished', 312, 92)
  job('running', 0, 0)
  job('cancelled', 7, 0)
  expect(messages()).toEqual(['notice.jobEndedUnnamed {"count":312,"unnamed":92}', 'notice.jobEnded {"count":7}'])
})

test('pictures that a job had to leave out are said at its end, with why', () => {
  const { job, messages } = watched()
  job('running', 0, 0)
  job('finished', 12, 0, [{ path: 'a.jpg', reason: 'it is no picture (3 tries)' }, { path: 'b.jpg', reason: 'it is gone' }])
  expect(messages()).toEqual(['notice.jobLeftOut {"count":2,"path":"a.jpg","reason":"it is no picture (3 tries)"}', 'notice.jobEnded {"count":12}'])
})

test('an undo or redo of the class list is said, one of the picture is seen', () => {
  const { editor, messages } = watched()
  editor.set({ lastStep: { direction: 'undo', imageId: 3, label: 'brush' } })
  expect(messages()).toEqual([])
  editor.set({ lastStep: { direction: 'undo', imageId: null, label: 'mergeClass' } })
  editor.set({ lastStep: { direction: 'redo', imageId: null, label: 'mergeClass' } })
  expect(messages().map((message) => message.split(' ')[0])).toEqual(['notice.undoInList', 'notice.redoInList'])
})

test('the end of a pack’s installation is said once, its check is not', () => {
  const { pack, messages } = watched()
  pack('finished') // an earlier one
  for (const state of ['running', 'paused', 'running', 'finished', 'finished', 'running', 'failed']) pack(state)
  pack('running', 'verify')
  pack('finished', 'verify')
  expect(messages()).toEqual(['notice.packInstalled {"name":"tiny"}', 'notice.packFailed {"name":"tiny","reason":"why"}'])
})
