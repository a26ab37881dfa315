import { EngineError } from '../contract/errors.ts'
import type { NetworkTime } from '../contract/packs.ts'
import { openMapsCache } from '../inference/maps-cache.ts'
import type { Pack } from '../packs/open-pack.ts'
import { pillowBicubic } from '../resample/pillow-bicubic.ts'
import { createPackRunner, type PackRunnerOptions } from './pack-methods.ts'
import type { Photo } from './photo.ts'

const WIDTH = 640, HEIGHT = 480

/** A picture like no other, without a file. */
function grainyPhoto(seed: number): Photo {
  const rgb = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * (37 + seed) + (i >> 7) * 11) & 255)
  const squashed = (width: number, height: number) => Promise.resolve(pillowBicubic(rgb, HEIGHT, WIDTH, 3, height, width))
  return { identity: `benchmark ${seed}`, pixels: () => Promise.resolve({ rgb, width: WIDTH, height: HEIGHT }), squashed, within: () => Promise.resolve({ rgb, width: WIDTH, height: HEIGHT }) }
}

/**
 * Runs what gives a pack its scores (CLIP) or its affinity (VAE, text encoder and UNet) on two pictures, nothing kept.
 * @throws EngineError 'bad-input' for what the pack has not; 'unavailable' when the device fails
 */
export async function timeNetwork(pack: Pack, network: 'scores' | 'affinity', options: Omit<PackRunnerOptions, 'cache'>): Promise<NetworkTime> {
  const { manifest } = pack
  if ((network === 'scores' ? manifest.clip : manifest.diffusion) === null) throw new EngineError('bad-input', `the pack ${manifest.name} has no ${network}`)
  const runner = await createPackRunner(pack, { ...options, cache: openMapsCache('', 0) })
  try {
    const times: number[] = []
    for (const seed of [1, 2]) {
      const photo = grainyPhoto(seed)
      const from = performance.now()
      await (network === 'scores' ? runner.maps.dense(photo, 'gem', 'one') : runner.maps.affinity(photo, 'layers', 'corrected'))
      times.push(performance.now() - from)
    }
    const { notTaken } = runner.device()
    if (notTaken.length > 0) throw new EngineError('unavailable', notTaken[0].reason)
    return { first: times[0], next: times[1] }
  } finally {
    await runner.close()
  }
}
