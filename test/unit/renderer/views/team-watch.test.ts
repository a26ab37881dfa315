import { expect, test, vi } from 'vitest'
import type { Client } from '../../../../main/contract/client.ts'
import type { EngineEvent } from '../../../../main/contract/events.ts'
import type { TeamMember } from '../../../../main/contract/team.ts'
import type { Editor } from '../../../../renderer/document/editor-state.ts'
import { watchEngine } from '../../../../renderer/views/state/engine-state.ts'
import { createStore } from '../../../../renderer/views/state/store.ts'
import { watchTeam } from '../../../../renderer/views/state/team-watch.ts'

const ben: TeamMember = { name: 'Ben', role: 'reviewer', imageId: 7, editing: true }

/** A page of Ada's, with the calls it made. */
async function page(role: 'annotator' | null, holder: () => string | null) {
  const calls: { name: string; input: unknown }[] = []
  const listeners: ((event: EngineEvent) => void)[] = []
  const client = {
    call: (name: string, input: unknown) => {
      calls.push({ name, input })
      if (name === 'app.info') return Promise.resolve({ person: 'Ada', role, project: false, pipeline: null })
      return Promise.resolve({ lease: { holder: name === 'team.takeOver' ? null : holder() }, members: [ben] })
    },
    on: (name: string, listener: (data: unknown) => void) => {
      listeners.push((event) => { if (event.name === name) listener(event.data) })
      return () => undefined
    },
    onConnection: () => () => undefined,
  } as unknown as Client
  const store = createStore<{ image: { id: number } | null }>({ image: null })
  const editor = { ...store, setHolder: vi.fn(), signAs: vi.fn() }
  const engine = watchEngine(client)
  const team = watchTeam(client, editor as unknown as Editor, engine)
  await engine.refresh()
  return { calls, team, editor, open: (id: number) => store.set({ image: { id } }), say: (event: EngineEvent) => { for (const listener of listeners) listener(event) }, here: () => calls.filter(({ name }) => name === 'team.here').map(({ input }) => input) }
}

test('a page says which image is on it, hears whose it is, and signs what is drawn', async () => {
  const { open, here, editor, team } = await page('annotator', () => 'Ben')
  open(7)
  expect(here()).toEqual([{ imageId: null }, { imageId: 7 }])
  await vi.waitFor(() => expect(editor.setHolder).toHaveBeenLastCalledWith('Ben'))
  expect(editor.signAs).toHaveBeenCalledWith('Ada')
  expect(team.state().members).toEqual([ben])
})

test('when the holder goes on, the page asks again and may edit', async () => {
  let holder: string | null = 'Ben'
  const { open, here, editor, say } = await page('annotator', () => holder)
  open(7)
  await vi.waitFor(() => expect(editor.setHolder).toHaveBeenLastCalledWith('Ben'))
  holder = null
  say({ name: 'team.changed', data: { members: [{ ...ben, imageId: 8 }] } })
  await vi.waitFor(() => expect(editor.setHolder).toHaveBeenLastCalledWith(null))
  expect(here()).toHaveLength(3)
  // its own turn is no news
  say({ name: 'team.changed', data: { members: [{ ...ben, name: 'Ada' }] } })
  expect(here()).toHaveLength(3)
})

test('an owner takes the image over', async () => {
  const { open, editor, team, calls } = await page('annotator', () => 'Ben')
  open(7)
  await vi.waitFor(() => expect(editor.setHolder).toHaveBeenLastCalledWith('Ben'))
  await team.takeOver()
  expect(calls.at(-1)).toEqual({ name: 'team.takeOver', input: { imageId: 7 } })
  expect(editor.setHolder).toHaveBeenLastCalledWith(null)
})

test('without a team nothing is asked', async () => {
  const { open, here, editor } = await page(null, () => null)
  open(7)
  expect(here()).toEqual([])
  expect(editor.signAs).not.toHaveBeenCalled()
})
