import { expect, test } from 'vitest'
import type { EditorState } from '../../../../renderer/document/editor-state.ts'
import { createHeat } from '../../../../renderer/views/state/heat.ts'

function shown() {
  const listeners = new Set<() => void>()
  let state = { image: { id: 1 }, annotations: [{ id: 7, state: 'pending' }], loading: false } as unknown as EditorState
  const asked: { imageId: number; resolve: (uncertainty: number) => void; reject: (error: unknown) => void }[] = []
  const failed: unknown[] = []
  const client = { call: (_name: string, { imageId }: { imageId: number }) => new Promise((resolve, reject) => {
    asked.push({ imageId, reject, resolve: (uncertainty) => resolve({ proposals: [{ id: 7, margin: 0, entropy: 1, uncertainty }] }) })
  }) } as never
  const heat = createHeat(client, { state: () => state, subscribe: (listener) => { listeners.add(listener); return () => undefined } }, (error) => failed.push(error))
  const become = (next: object) => {
    state = { ...state, ...next }
    for (const listener of listeners) listener()
  }
  return { heat, asked, failed, become }
}

test('it is asked for when it is shown, anew when the annotations change, and a late answer is dropped', async () => {
  const { heat, asked, become } = shown()
  become({ annotations: [{ id: 7, state: 'pending' }] })
  expect(asked).toHaveLength(0)
  heat.show(true)
  become({ image: { id: 2 }, annotations: [{ id: 8, state: 'pending' }] })
  expect(asked.map(({ imageId }) => imageId)).toEqual([1, 2])
  asked[1].resolve(0.25)
  asked[0].resolve(0.75)
  await expect.poll(() => [...heat.state().uncertainty ?? []]).toEqual([[7, 0.25]])
  become({ annotations: [{ id: 8, state: 'accepted' }] })
  expect([asked.length, heat.state().uncertainty?.size]).toEqual([2, 0])
  heat.show(false)
  expect(heat.state()).toEqual({ on: false, uncertainty: null })
})

test('when it cannot be had, it is not shown, and the reason is told', async () => {
  const { heat, asked, failed } = shown()
  heat.show(true)
  asked[0].reject(new Error('gone'))
  await expect.poll(() => failed).toHaveLength(1)
  expect(heat.state().on).toBe(false)
})
