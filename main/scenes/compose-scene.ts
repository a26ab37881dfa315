import { CANVAS, type Drawing } from './drawing.ts'
import { createRandom, type Random } from './random.ts'
import { drawSurface, type Region, type Surface } from './surfaces.ts'
import { drawThing, type Thing } from './things.ts'

/** An object or region of a scene with its class. */
export interface SceneObject {
  readonly kind: Surface | Thing
  readonly drawing: Drawing
}

/** How the light fell and the camera saw it. */
export interface Look {
  /** standard deviation in px of the canvas; 0 is sharp */
  readonly blur: number
  /** standard deviation of the grain, in steps of 255 */
  readonly grain: number
  readonly brightness: number
  /** what the light adds to red and takes from blue, in steps of 255 */
  readonly warmth: number
  /** darkening towards one corner: 0 none … 0.4 */
  readonly shade: number
  readonly shadeCorner: number
}

/** A scene, back to front. */
export interface Scene {
  readonly seed: number
  readonly objects: readonly SceneObject[]
  readonly look: Look
}

interface Setting {
  readonly name: string
  readonly weight: number
  /** behind everything; null: one looks down on the ground */
  readonly backs: readonly (Surface | null)[]
  readonly grounds: readonly Surface[]
  /** how likely a second ground lies in front of the first */
  readonly second: number
  readonly seconds: readonly Surface[]
}

const SETTINGS: readonly Setting[] = [
  { name: 'meadow', weight: 3, backs: ['sky', 'sky', 'sky', null], grounds: ['grass'], second: 0.35, seconds: ['road', 'water', 'sand'] },
  { name: 'lake', weight: 2.5, backs: ['sky', 'sky', null], grounds: ['water'], second: 0.45, seconds: ['grass', 'sand', 'snow', 'road'] },
  { name: 'beach', weight: 2, backs: ['sky', 'sky', null], grounds: ['sand', 'water'], second: 0.45, seconds: ['water', 'sand'] },
  { name: 'winter', weight: 2.5, backs: ['sky', 'sky', null], grounds: ['snow'], second: 0.35, seconds: ['road', 'water'] },
  { name: 'street', weight: 2.5, backs: ['sky', 'wall', 'wall', null], grounds: ['road'], second: 0.4, seconds: ['grass', 'snow', 'sand'] },
  { name: 'room', weight: 4.5, backs: ['wall', 'wall', 'wall', null], grounds: ['floor'], second: 0, seconds: [] },
  { name: 'yard', weight: 2, backs: ['wall'], grounds: ['grass', 'sand', 'snow', 'road', 'water'], second: 0.2, seconds: ['road', 'grass', 'sand'] },
  { name: 'terrace', weight: 1, backs: ['sky'], grounds: ['floor'], second: 0, seconds: [] },
  { name: 'air', weight: 1, backs: [null], grounds: ['sky'], second: 0, seconds: [] },
  { name: 'wall', weight: 1, backs: [null], grounds: ['wall'], second: 0, seconds: [] },
]

/** What stands on each ground; a thing that is named twice is twice as likely. */
const STANDING: Readonly<Record<Surface, readonly Thing[]>> = {
  sky: ['ball', 'ball'],
  grass: ['tree', 'tree', 'house', 'flower', 'flower', 'cat', 'ball', 'chair', 'table', 'car', 'lamp'],
  water: ['boat', 'boat', 'boat', 'ball'],
  sand: ['ball', 'boat', 'cat', 'chair', 'tree', 'table', 'car', 'flower', 'house'],
  snow: ['tree', 'house', 'cat', 'car', 'lamp', 'ball', 'chair', 'table', 'boat'],
  road: ['car', 'car', 'car', 'lamp', 'cat', 'ball', 'tree', 'house'],
  wall: ['lamp', 'flower', 'cat', 'ball', 'chair', 'table'],
  floor: ['chair', 'chair', 'table', 'table', 'lamp', 'lamp', 'cat', 'ball', 'flower'],
}

/** Height in px of the canvas when it stands near, from … to. */
const HEIGHTS: Readonly<Record<Thing, readonly [number, number]>> = {
  house: [85, 140], tree: [90, 170], car: [42, 68], boat: [65, 130], sun: [32, 62], cloud: [30, 54],
  ball: [34, 68], flower: [58, 110], cat: [58, 100], chair: [80, 130], table: [58, 92], lamp: [105, 175],
}

/** The scene of a seed: always the same. Settings, what stands in them, sizes, colours and light all vary. */
export function composeScene(seed: number): Scene {
  const random = createRandom(Math.imul(seed, 0x9e3779b1) ^ 0x51ce7e)
  const setting = pickSetting(random)
  const objects: SceneObject[] = []
  const add = (kind: Surface | Thing, drawing: Drawing): void => { objects.push({ kind, drawing }) }
  const id = (): string => `g${objects.length}`

  const back = random.pick(setting.backs)
  const ground = random.pick(setting.grounds)
  const horizon = back === null ? 0 : CANVAS * random.between(0.28, 0.64)
  if (back !== null) add(back, drawSurface(back, { top: 0, bottom: CANVAS, waves: 0 }, random, id()))
  if (back === 'sky' || ground === 'sky') hangInSky(random, back === 'sky' ? horizon : CANVAS, ground === 'sky' ? 0.8 : 0.45, (kind, drawing) => { add(kind, drawing) }, id)
  const rough = ground === 'grass' || ground === 'snow' || ground === 'sand'
  const first: Region = { top: horizon, bottom: CANVAS, waves: back === null || !rough ? 0 : random.between(0, 9) }
  add(ground, drawSurface(ground, first, random, id()))

  const seconds = setting.seconds.filter((kind) => kind !== ground && kind !== back)
  let front: { readonly kind: Surface; readonly region: Region } | null = null
  if (seconds.length > 0 && random.chance(setting.second)) {
    const kind = random.pick(seconds)
    const top = horizon + (CANVAS - horizon) * random.between(0.3, 0.65)
    // a road or a river may have the first ground on its other side again
    const band = random.chance(0.4)
    const bottom = band ? Math.min(CANVAS, top + random.between(34, 80)) : CANVAS
    front = { kind, region: { top, bottom, waves: kind === 'road' || band ? 0 : random.between(2, 8) } }
    add(kind, drawSurface(kind, front.region, random, id()))
  }

  const stands = Array.from({ length: random.pick(ground === 'sky' ? [0, 0, 1, 2] : [0, 1, 1, 2, 2, 3, 3, 4, 5, 6]) }, () => {
    // where the foot is says on which ground it stands; from above anywhere
    const low = back === null ? 70 : horizon + 5
    const y = ground === 'sky' ? random.between(70, 240) : random.between(low, CANVAS - 5)
    const on = front !== null && y > front.region.top + 4 && y <= front.region.bottom ? front.kind : ground
    return { y, on }
  }).sort((a, b) => a.y - b.y)
  const middle = random.between(0, CANVAS)
  stands.forEach(({ y, on }, i) => {
    const kind = random.chance(0.12) && on !== 'water' && on !== 'sky' ? random.pick(STANDING.grass) : random.pick(STANDING[on])
    const [small, large] = HEIGHTS[kind]
    const depth = back === null ? 0.8 : 0.5 + 0.5 * ((y - horizon) / (CANVAS - horizon))
    const x = (middle + (i + random.between(-0.35, 0.35)) * (CANVAS / Math.max(stands.length, 2))) % CANVAS
    add(kind, drawThing(kind, { x: Math.abs(x), y, size: random.between(small, large) * depth * random.between(0.9, 1.15) }, random, id()))
  })
  return {
    seed,
    objects,
    look: {
      blur: random.chance(0.4) ? 0 : random.between(0.3, 0.9), grain: random.between(1, 7), brightness: random.between(0.84, 1.1),
      warmth: random.between(-9, 12), shade: random.chance(0.5) ? 0 : random.between(0.08, 0.34), shadeCorner: random.whole(0, 3),
    },
  }
}

function pickSetting(random: Random): Setting {
  let rest = random.next() * SETTINGS.reduce((sum, { weight }) => sum + weight, 0)
  return SETTINGS.find(({ weight }) => (rest -= weight) < 0) ?? SETTINGS[0]
}

function hangInSky(random: Random, below: number, likely: number, add: (kind: Thing, drawing: Drawing) => void, id: () => string): void {
  const hang = (kind: Thing, size: number): void => { add(kind, drawThing(kind, { x: random.between(24, CANVAS - 24), y: random.between(22, Math.max(30, below - 24)), size }, random, id())) }
  if (random.chance(likely * 0.85)) hang('sun', random.between(...HEIGHTS.sun))
  if (random.chance(likely)) for (let i = random.whole(1, 3); i > 0; i--) hang('cloud', random.between(...HEIGHTS.cloud))
}
