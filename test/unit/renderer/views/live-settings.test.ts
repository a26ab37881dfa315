import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS, SETTINGS } from '../../../../main/contract/settings.ts'
import type { EditorState } from '../../../../renderer/document/editor-state.ts'
import { createLiveSettings } from '../../../../renderer/views/state/live-settings.ts'
import { obeyedSettings, usableOptions } from '../../../../renderer/views/state/setting-options.ts'

const PROPOSAL = { state: 'pending', provenance: { source: 'method', pack: 'demo', method: 'gem', settings: { temperature: 0.02, minAreaPx2: 200, windows: true, edgeSnap: 'pamr', ofAnOldVersion: 3, affinity: 'of an old version', walkRestart: 7 } } }

function opened({ annotations = [] as object[], last = null as object | null } = {}) {
  const listeners = new Set<() => void>()
  let state = { image: { id: 1 }, loading: false, annotations } as unknown as EditorState
  const asked: { input: { imageId: number; settings: object }; resolve: (milliseconds: number) => void; reject: (error: unknown) => void }[] = []
  const failed: unknown[] = []
  const client = { call: (name: string, input: never) => (name === 'prelabel.methods' ? Promise.resolve({ methods: [{ pack: 'classic', title: 'Classic', affinity: false, method: 'regions', defaultSettings: {} }, ...['gem', 'agg-gem'].map((method) => ({ pack: 'demo', title: 'Demo', affinity: true, method, defaultSettings: { minAreaPx2: 400, windows: true } }))], last }) : new Promise((resolve, reject) => {
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

test('it begins with what the image’s proposals were made with, else with the last job, else as it was', async () => {
  const last = { pack: 'demo', method: 'agg-gem', settings: { temperature: 0.03 } }
  const asks = async (had: Parameters<typeof opened>[0]) => {
    const { asked } = opened(had)
    await expect.poll(() => asked.length).toBe(1)
    const { imageId: _, ...how } = asked[0].input as { imageId: number }
    return how
  }
  expect(await asks({ annotations: [PROPOSAL], last })).toEqual({ pack: 'demo', method: 'gem', settings: { temperature: 0.02, edgeSnap: 'pamr', minAreaPx2: 200 } })
  const drawn = { state: 'drawn', provenance: { source: 'person' } }
  const accepted = { state: 'accepted', provenance: { source: 'method', pack: 'demo', method: 'agg-gem', settings: {} } }
  expect(await asks({ annotations: [PROPOSAL, accepted, drawn], last })).toMatchObject({ method: 'gem' })
  // what it does not record came after it, and was not what its pack has now
  expect(await asks({ annotations: [accepted, drawn], last })).toEqual({ pack: 'demo', method: 'agg-gem', settings: { minAreaPx2: SETTINGS.minAreaPx2.default, windows: false } })
  expect(await asks({ annotations: [drawn], last })).toEqual(last)
  // of a pack that is not here any more
  expect(await asks({ annotations: [{ ...PROPOSAL, provenance: { ...PROPOSAL.provenance, pack: 'gone' } }], last })).toEqual(last)
  expect(await asks({})).toEqual({ pack: 'classic', method: 'regions', settings: {} })
})

test('what a person chooses while it is being looked up stands', async () => {
  const { live, asked } = opened({ annotations: [PROPOSAL] })
  live.set('clusterCount', 30)
  await expect.poll(() => live.state().methods.length).toBeGreaterThan(0)
  expect([live.request(), asked.length]).toEqual([{ pack: 'classic', method: 'regions', settings: { clusterCount: 30 } }, 1])
  live.show(false)
  live.show(true)
  await expect.poll(() => live.request().method).toBe('gem')
})

test('while one answer is on its way only the newest settings wait, and the comparison keeps what was shown', async () => {
  const { live, asked } = opened()
  await expect.poll(() => asked.length).toBe(1)
  live.set('clusterCount', 10)
  live.set('clusterCount', 30)
  expect(asked.map(({ input }) => input)).toEqual([{ imageId: 1, pack: 'classic', method: 'regions', settings: {} }])
  asked[0].resolve(7)
  await expect.poll(() => asked.length).toBe(2)
  expect(asked[1].input.settings).toEqual({ clusterCount: 30 })
  expect([live.state().preview?.milliseconds, live.state().waiting]).toEqual([7, true])
  live.compare(true)
  // named by the settings it was made with, not by those that wait
  expect(live.state().held).toEqual({ pack: 'classic', method: 'regions', settings: {}, proposals: [] })
  asked[1].resolve(8)
  await expect.poll(() => live.state().waiting).toBe(false)
  expect([live.state().preview?.milliseconds, live.state().held?.proposals]).toEqual([8, []])
  live.show(false)
  expect([live.state().preview, live.state().held]).toEqual([null, null])
})

test('another picture is asked about anew, an answer for the one before is dropped, and a failure is told once', async () => {
  const { live, asked, failed, become } = opened()
  await expect.poll(() => asked.length).toBe(1)
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
  // with settings of its own it keeps none of those before
  live.choose('classic', 'regions', { clusterCount: 10, edgeSnap: 'pamr' })
  expect(live.request().settings).toEqual({ clusterCount: 10 })
  const [demo, classic] = [{ name: 'demo', affinity: true }, { name: 'classic', affinity: false }]
  expect([usableOptions('background', demo, 'gem'), usableOptions('background', demo, 'agg-sd'), usableOptions('edgeSnap', classic, 'regions')])
    .toEqual([['none', 'report', 'stuff-floor'], ['none', 'sos'], ['none', 'guided']])
  // a CLIP alone has no affinity but the photo's
  expect([usableOptions('affinityOf', demo, 'agg-gem'), usableOptions('affinityOf', { name: 'clip', affinity: false }, 'agg-gem')]).toEqual([['network', 'photo'], ['photo']])
})

test('a setting is shown only while it is obeyed: the walk’s return with a walk, sizes without windows', () => {
  const shown = (settings: object) => obeyedSettings('agg-gem', { ...DEFAULT_SETTINGS, ...settings }).filter((name) => name === 'walkRestart' || name === 'scales')
  expect([shown({}), shown({ affinity: 'walk' }), shown({ affinity: 'walk', windows: true })]).toEqual([['scales'], ['scales', 'walkRestart'], ['walkRestart']])
})
