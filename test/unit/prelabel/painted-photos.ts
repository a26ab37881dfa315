import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'

export interface PaintedDisc { readonly x: number; readonly y: number; readonly radius: number; readonly colour: string }

/** Writes a JPEG with discs on a two-tone ground, with some seeded grain so that it is no flat drawing. */
export async function paintPhoto(path: string, width: number, height: number, discs: readonly PaintedDisc[], seed = 1): Promise<void> {
  const channels = (colour: string): number[] => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  const sky = channels('#b9c7d6'), ground = channels('#5c6b3c')
  const inks = discs.map(({ colour }) => channels(colour))
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const disc = discs.findLastIndex((one) => Math.hypot(x + 0.5 - one.x, y + 0.5 - one.y) < one.radius)
      data.set(disc >= 0 ? inks[disc] : y < height * 0.7 ? sky : ground, at)
    }
  }
  let state = seed
  for (let at = 0; at < data.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    data[at] = Math.min(255, Math.max(0, data[at] + (state >>> 28) - 8))
  }
  await sharp(data, { raw: { width, height, channels: 3 } }).jpeg({ quality: 92 }).toFile(path)
}

/** `count` photos in `folder`, each with a red and a yellow disc at other places. */
export async function paintFolder(folder: string, count: number): Promise<{ path: string; discs: PaintedDisc[] }[]> {
  mkdirSync(folder, { recursive: true })
  const made: { path: string; discs: PaintedDisc[] }[] = []
  for (let i = 0; i < count; i++) {
    const discs = [{ x: 60 + 20 * (i % 4), y: 70 + 6 * (i % 3), radius: 30, colour: '#c02020' }, { x: 230 - 12 * (i % 5), y: 90 + 8 * (i % 2), radius: 36, colour: '#e8c020' }]
    const path = `photo-${i}.jpg`
    await paintPhoto(join(folder, path), 320, 240, discs, i + 1)
    made.push({ path, discs })
  }
  return made
}
