import type { DeviceName } from '../contract/jobs.ts'
import { openMapsCache } from '../inference/maps-cache.ts'
import type { Pack } from '../packs/open-pack.ts'
import type { Products } from '../products/products.ts'
import { pillowBicubic } from '../resample/pillow-bicubic.ts'
import { createPackRunner } from './pack-methods.ts'
import type { Photo } from './photo.ts'

/** Milliseconds of one network on one picture. */
export interface NetworkTime {
  /** with opening the network, and on some devices compiling it */
  readonly first: number
  readonly next: number
}

/** What a pack costs on a device; null for what it has not. */
export interface PackTimes {
  readonly device: DeviceName
  readonly scores: NetworkTime | null
  readonly affinity: NetworkTime | null
}

const WIDTH = 640, HEIGHT = 480

/** A picture like no other, without a file. */
function grainyPhoto(seed: number): Photo {
  const rgb = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * (37 + seed) + (i >> 7) * 11) & 255)
  const squashed = (width: number, height: number) => Promise.resolve(pillowBicubic(rgb, HEIGHT, WIDTH, 3, height, width))
  return { identity: `benchmark ${seed}`, pixels: () => Promise.resolve({ rgb, width: WIDTH, height: HEIGHT }), squashed, within: () => Promise.resolve({ rgb, width: WIDTH, height: HEIGHT }) }
}

/** Runs a pack's networks on two pictures each, nothing kept. @throws EngineError 'unavailable' when the device fails */
export async function benchmarkPack(pack: Pack, device: DeviceName, threads: number, products: Products): Promise<PackTimes> {
  const runner = await createPackRunner(pack, { threads, devices: [device], products, cache: openMapsCache('', 0) })
  const timed = async (work: (photo: Photo) => Promise<unknown>): Promise<NetworkTime> => {
    const times: number[] = []
    for (const seed of [1, 2]) {
      const photo = grainyPhoto(seed)
      const from = performance.now()
      await work(photo)
      times.push(performance.now() - from)
    }
    return { first: times[0], next: times[1] }
  }
  try {
    const scores = pack.manifest.clip === null ? null : await timed((photo) => runner.maps.dense(photo, 'gem', false))
    const affinity = pack.manifest.diffusion === null ? null : await timed((photo) => runner.maps.affinity(photo, 'layers', 'corrected'))
    return { device, scores, affinity }
  } finally {
    await runner.close()
  }
}
