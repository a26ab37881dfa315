import { expect, test } from 'vitest'
import { CLASSIC_PACK } from '../../../main/contract/packs.ts'
import type { StoredMap } from '../../../main/inference/maps-cache.ts'
import type { PackNetworks } from '../../../main/inference/pack-networks.ts'
import { createPackMaps } from '../../../main/pipeline/pack-maps.ts'
import type { Photo } from '../../../main/pipeline/photo.ts'
import { VIEW_SHARES } from '../../../main/pipeline/scale-features.ts'

test('a map of several sizes is kept by the sizes that it was made with, and under no other view’s key', async () => {
  const written: string[] = []
  const cache = { read: () => Promise.resolve(null), write: (key: string, map: StoredMap) => { written.push(key); return Promise.resolve(map) } }
  const seen: number[] = []
  const networks = {
    patch: () => Promise.resolve(4),
    dense: (_rgb: Uint8Array, h: number, w: number) => { seen.push(h); return Promise.resolve({ features: new Float32Array((h * w) / 16), h: h / 4, w: w / 4, size: 1 }) },
  } as unknown as PackNetworks
  const photo = { identity: 'photo', pixels: () => Promise.resolve({ width: 64, height: 64 }), squashed: (w: number, h: number) => Promise.resolve(new Uint8Array(3 * w * h)) } as unknown as Photo
  const maps = createPackMaps(networks, { ...CLASSIC_PACK, clip: { folder: 'clip', side: 64, int8: false } }, cache, 'pack')
  for (const views of ['one', 'windows', 'scales'] as const) await maps.dense(photo, 'gem', views)
  expect(new Set(written).size).toBe(3)
  expect(new Set(seen.slice(-6))).toEqual(new Set(VIEW_SHARES.map((share) => 64 * share)))
  expect(JSON.parse(written[2])).toEqual(['pack', 'photo', 'dense', 'gem', 64, 'scales', ...VIEW_SHARES])
})
