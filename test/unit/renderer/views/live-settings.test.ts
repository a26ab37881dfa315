import { expect, test } from 'vitest'
import type { EditorState } from '../../../../renderer/document/editor-state.ts'
import { createLiveSettings } from '../../../../renderer/views/state/live-settings.ts'
import { usableOptions } from '../../../../renderer/views/state/setting-options.ts'

function opened() {
  const listeners = new Set<() => void>()
  let state = { image: { id: 1 }, loading: false } as unknown as EditorState
  const asked: { input: { imageId: number; settings: object }; resolve: (milliseconds: number) => void; reject: (error: unknown) => void }[] = []
  const failed: unknown[] = []
  const client = { call: (name: string, input: never) => (name === 'prelabel.methods' ? Promise.resolve({ methods: [{ pack: 'classic', title: 'Classic', method: 'regions' }] }) : new Promise((resolve, reject) => {
    asked.push({ input, reject, resolve: (milliseconds) => resolve({ proposals: [], milliseconds }) })
  })) } as never
  const live = createLiveSettings(client, { state: () => state, subscribe: (listener) => { listeners.add(listener); return () => undefined } }, (error) => failed.push(error))
  const become = (next: object) => {
    state = { ...state, ...next }
    for (const listener of listeners) listener()
  }
  live.show(true)
  return { live, asked, failed, become }
}

test('while one answer is on its way only the newest settings wait, and the comparison keeps what was shown', async () => {
  const { live, asked } = opened()
  live.set('clusterCount', 10)
  live.set('clusterCount', 30)
  expect(asked.map(({ input }) => input)).toEqual([{ imageId: 1, pack: 'classic', method: 'regions', settings: {} }])
  asked[0].resolve(7)
  await expect.poll(() => asked.length).toBe(2)
  expect(asked[1].input.settings).toEqual({ clusterCount: 30 })
  expect([live.state().preview?.milliseconds, live.state().waiting]).toEqual([7, true])
  live.compare(true)
  asked[1].resolve(8)
  await expect.poll(() => live.state().waiting).toBe(false)
  expect([live.state().preview?.milliseconds, live.state().held?.proposals]).toEqual([8, []])
  live.show(false)
  expect([live.state().preview, live.state().held]).toEqual([null, null])
})

test('another picture is asked about anew, an answer for the one before is dropped, and a failure is told once', async () => {
  const { live, asked, failed, become } = opened()
  become({ image: { id: 2 } })
  asked[0].resolve(5)
  await expect.poll(() => asked.length).toBe(2)
  expect([asked[1].input.imageId, live.state().preview]).toEqual([2, null])
  asked[1].reject(new Error('no such pack'))
  await expect.poll(() => failed).toHaveLength(1)
  expect(live.state().waiting).toBe(false)
})

test('a method is never asked with an option that it refuses, whatever was chosen for the one before', () => {
  const { live } = opened()
  live.choose('demo', 'gem')
  live.set('background', 'stuff-floor')
  live.set('edgeSnap', 'pamr')
  live.set('temperature', 0.02)
  live.choose('demo', 'agg-sd')
  expect(live.request()).toEqual({ pack: 'demo', method: 'agg-sd', settings: { edgeSnap: 'pamr', temperature: 0.02 } })
  live.choose('classic', 'regions')
  expect(live.request().settings).toEqual({ temperature: 0.02 })
  expect([usableOptions('background', 'demo', 'gem'), usableOptions('background', 'demo', 'agg-sd'), usableOptions('edgeSnap', 'classic', 'regions')])
    .toEqual([['none', 'report', 'stuff-floor'], ['none', 'sos'], ['none', 'guided']])
})
