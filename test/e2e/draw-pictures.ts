import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'

/** What a picture of ours shows, in px: a red ball and a blue box on grass. */
export interface DrawnPicture {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly ball: { readonly x: number; readonly y: number; readonly radius: number }
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
}

const WIDTH = 320
const HEIGHT = 240

/** A small linear congruential generator: the same pictures on every machine. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export const PICTURES: readonly DrawnPicture[] = Array.from({ length: 6 }, (_, i) => {
  const random = seeded(i + 1)
  return {
    name: `meadow-${i + 1}.jpg`,
    width: WIDTH,
    height: HEIGHT,
    ball: { x: Math.round(60 + 60 * random()), y: Math.round(80 + 80 * random()), radius: Math.round(26 + 12 * random()) },
    box: { x: Math.round(190 + 40 * random()), y: Math.round(60 + 70 * random()), width: Math.round(56 + 20 * random()), height: Math.round(48 + 24 * random()) },
  }
})

/** Draws the pictures into a folder as JPEG, with light and noise so that they are not flat. */
export async function drawPictures(folder: string, pictures: readonly DrawnPicture[] = PICTURES): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const [i, { name, width, height, ball, box }] of pictures.entries()) {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<defs><linearGradient id="grass" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#7fae5a"/><stop offset="1" stop-color="#5c8a3c"/></linearGradient>
<radialGradient id="ball" cx="0.35" cy="0.3" r="0.8"><stop offset="0" stop-color="#f0735f"/><stop offset="1" stop-color="#c22a1c"/></radialGradient>
<linearGradient id="box" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#4d74c9"/><stop offset="1" stop-color="#2c4a94"/></linearGradient></defs>
<rect width="${width}" height="${height}" fill="url(#grass)"/>
<circle cx="${ball.x}" cy="${ball.y}" r="${ball.radius}" fill="url(#ball)"/>
<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" fill="url(#box)"/></svg>`
    const { data } = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true })
    const random = seeded(100 + i)
    for (let k = 0; k < data.length; k++) data[k] = Math.max(0, Math.min(255, data[k] + Math.round(14 * (random() - 0.5))))
    await sharp(data, { raw: { width, height, channels: 3 } }).jpeg({ quality: 92 }).toFile(join(folder, name))
  }
}
