import { expect, test } from 'vitest'
import { EngineError } from '../../../main/contract/errors.ts'
import type { Handlers } from '../../../main/contract/handlers.ts'
import { answerCalls } from '../../../main/engine/answer-calls.ts'
import type { Caller } from '../../../main/engine/caller.ts'
import { openLog } from '../../../main/engine/log.ts'
import { newTestFolder } from './test-engine.ts'

const caller: Caller = { id: 'page', author: '' }
const withHandlers = (some: Record<string, unknown>, checkOutputs: boolean) => {
  const log = openLog(newTestFolder())
  return { log, answer: answerCalls(some as unknown as Handlers<Caller>, { log, checkOutputs }) }
}

test('a handler gets the parsed input with its defaults and the caller', async () => {
  const got: unknown[] = []
  const { answer } = withHandlers({ 'app.log': (...input: unknown[]) => {
    got.push(...input)
    return { lines: [] }
  } }, true)
  expect(await answer('app.log', {}, caller)).toEqual({ ok: true, value: { lines: [] } })
  expect(got).toEqual([{ limit: 500 }, caller])
})

test('input that does not fit never reaches the handler', async () => {
  const { answer } = withHandlers({ 'app.log': () => { throw new Error('must not be called') } }, true)
  expect(await answer('app.log', { limit: 'many' }, caller)).toMatchObject({ ok: false, code: 'bad-input', message: expect.stringMatching(/app\.log: limit: .*number/) as unknown })
})

test('an answer that breaks the contract is bad-output where outputs are checked, and goes out where they are not', async () => {
  const handlers = { 'app.log': () => ({ lines: 'none' }) }
  const checking = withHandlers(handlers, true)
  expect(await checking.answer('app.log', {}, caller)).toMatchObject({ ok: false, code: 'bad-output', message: expect.stringMatching(/lines/) as unknown })
  expect(checking.log.recent(1)).toMatchObject([{ level: 'error' }])
  expect(await withHandlers(handlers, false).answer('app.log', {}, caller)).toEqual({ ok: true, value: { lines: 'none' } })
})

test('what a handler throws or rejects with is a failure as data', async () => {
  const { answer } = withHandlers({
    'app.log': () => { throw new EngineError('busy', 'a job is running') },
    'app.info': async () => { throw new RangeError('deep inside') },
  }, true)
  expect(await answer('app.log', {}, caller)).toEqual({ ok: false, code: 'busy', message: 'a job is running' })
  const unforeseen = await answer('app.info', {}, caller)
  expect(unforeseen).toMatchObject({ ok: false, code: 'internal' })
  expect(JSON.stringify(unforeseen)).not.toMatch(/deep inside|\.ts/)
})
