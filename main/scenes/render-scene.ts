import sharp from 'sharp'
import { composeScene, type Look, type Scene, type SceneObject } from './compose-scene.ts'
import { CANVAS, painted } from './drawing.ts'
import { createRandom } from './random.ts'
import { placeOf } from './scene-classes.ts'

/** A drawn scene with its truth. */
export interface RenderedScene {
  readonly seed: number
  readonly size: number
  /** u8[size, size, 3] */
  readonly rgb: Uint8Array
  /** u8[size, size]: place in `objects` of what is seen */
  readonly ids: Uint8Array
  /** what is seen, back to front; every one has pixels */
  readonly objects: readonly { readonly place: number }[]
}

/** Of the picture; less than that of an object is nothing that one could name. */
const LEAST_SEEN = 0.003

/**
 * Draws the scene of a seed. Truth is each object's own silhouette without smoothing, painted back to front; what is almost
 * wholly hidden is taken out of the scene first. About 25 ms at 256 px.
 * @param size side of the picture in px
 */
export async function renderScene(seed: number, size: number): Promise<RenderedScene> {
  // the reader of photos lets in bitmaps only, for the whole process; what is drawn here is our own text
  sharp.unblock({ operation: ['VipsForeignLoadSvgBuffer'] })
  const { scene, ids } = await withoutHidden(composeScene(seed), size)
  const drawn = await sharp(Buffer.from(pictureSvg(scene, size))).removeAlpha().raw().toBuffer()
  const soft = scene.look.blur * size / CANVAS
  const blurred = soft < 0.3 ? drawn : await sharp(drawn, { raw: { width: size, height: size, channels: 3 } }).blur(soft).raw().toBuffer()
  return { seed, size, rgb: seen(blurred, size, scene), ids, objects: scene.objects.map(({ kind }) => ({ place: placeOf(kind) })) }
}

async function withoutHidden(scene: Scene, size: number): Promise<{ scene: Scene; ids: Uint8Array }> {
  for (let now = scene; ;) {
    const ids = await idPlane(now.objects, size)
    const counts = new Uint32Array(now.objects.length)
    for (const id of ids) counts[id]++
    if (counts.every((count) => count >= LEAST_SEEN * size * size)) return { scene: now, ids }
    // all at once: what goes uncovers others and covers none
    now = { ...now, objects: now.objects.filter((_, i) => counts[i] >= LEAST_SEEN * size * size) }
  }
}

/** u8[size, size]: silhouettes in flat colours without smoothing, red = place. */
async function idPlane(objects: readonly SceneObject[], size: number): Promise<Uint8Array> {
  const groups = objects.map(({ drawing }, i) => `<g fill="#${i.toString(16).padStart(2, '0')}0000">${drawing.parts.map(({ open }) => `${open}/>`).join('')}</g>`)
  const data = await sharp(Buffer.from(svg(size, '', `<g shape-rendering="crispEdges">${groups.join('')}</g>`))).removeAlpha().raw().toBuffer()
  const ids = new Uint8Array(size * size)
  for (let i = 0; i < ids.length; i++) ids[i] = data[i * 3]
  return ids
}

const svg = (size: number, defs: string, body: string): string => `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${CANVAS} ${CANVAS}"><defs>${defs}</defs>${body}</svg>`

function pictureSvg({ objects }: Scene, size: number): string {
  const defs = objects.map(({ drawing }, i) => `${drawing.defs}<clipPath id="c${i}">${drawing.parts.map(({ open }) => `${open}/>`).join('')}</clipPath>`).join('')
  return svg(size, defs, objects.map(({ drawing }, i) => `${drawing.beneath}${drawing.parts.map(painted).join('')}${drawing.details === '' ? '' : `<g clip-path="url(#c${i})">${drawing.details}</g>`}`).join(''))
}

/** Light, shade and grain on a picture, in place. */
function seen(rgb: Uint8Array, size: number, { look, seed }: { readonly look: Look; readonly seed: number }): Uint8Array {
  const random = createRandom(seed ^ 0x9a17)
  const tint = [look.warmth, 0, -look.warmth]
  const right = (look.shadeCorner & 1) === 1
  const bottom = (look.shadeCorner & 2) === 2
  for (let y = 0, i = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const away = ((right ? x : size - x) + (bottom ? y : size - y)) / (2 * size)
      const light = look.brightness * (1 - look.shade * away)
      // the sum of three even numbers is bell-shaped enough; its deviation is ½
      const grain = (random.next() + random.next() + random.next() - 1.5) * 2 * look.grain
      for (let c = 0; c < 3; c++, i++) rgb[i] = Math.min(255, Math.max(0, Math.round(rgb[i] * light + tint[c] + grain)))
    }
  }
  return rgb
}
