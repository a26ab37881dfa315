import { CANVAS, hsl, linearGradient, n, path, rect, strokes, type Drawing, type Part } from './drawing.ts'
import type { Random } from './random.ts'

/** A region of the picture that a surface fills; y grows downwards, in px of the canvas. */
export interface Region {
  readonly top: number
  readonly bottom: number
  /** how far its upper edge rises and falls; 0 is straight */
  readonly waves: number
}

export type Surface = 'sky' | 'grass' | 'water' | 'sand' | 'snow' | 'road' | 'wall' | 'floor'

/** One stretch of ground, sky or wall from edge to edge of the picture. */
export function drawSurface(kind: Surface, region: Region, random: Random, id: string): Drawing {
  const shape = outline(region, random, `url(#${id})`)
  return { parts: [shape], beneath: '', ...SURFACES[kind](region, random, id) }
}

/** The shape of a region: its lower edge is hidden by what is painted later, so it goes a little deeper. */
function outline({ top, bottom, waves }: Region, random: Random, fill: string): Part {
  if (waves === 0) return rect(0, top, CANVAS, bottom - top, fill)
  const y = (): number => top + random.between(-waves, waves)
  const step = CANVAS / 3
  let d = `M0 ${n(bottom)} V${n(y())}`
  for (let i = 0; i < 3; i++) d += ` C${n(i * step + step * 0.33)} ${n(y())} ${n(i * step + step * 0.66)} ${n(y())} ${n((i + 1) * step)} ${n(y())}`
  return path(`${d} V${n(bottom)} Z`, fill)
}

/** Strokes everywhere in a region, smaller towards its top as if farther away. */
function scattered(region: Region, random: Random, count: number, stroke: (x: number, y: number, near: number) => string): string {
  const from = region.top - region.waves
  const height = region.bottom - from
  const amount = Math.round(count * Math.min(1, height / CANVAS + 0.15))
  let d = ''
  for (let i = 0; i < amount; i++) {
    const near = Math.sqrt(random.next())
    d += stroke(random.between(0, CANVAS), from + near * height, 0.4 + 0.6 * near)
  }
  return d
}

type Painter = (region: Region, random: Random, id: string) => Pick<Drawing, 'details' | 'defs'>

const blade = (lean: number, long: number) => (x: number, y: number, near: number): string => `M${n(x)} ${n(y)}l${n(lean * near)} ${n(-long * near)}`
const dash = (long: number) => (x: number, y: number, near: number): string => `M${n(x)} ${n(y)}h${n(long * near)}`
const dot = (x: number, y: number): string => `M${n(x)} ${n(y)}h.1`

const SURFACES: Readonly<Record<Surface, Painter>> = {
  sky(_, random, id) {
    const mood = random.pick(['day', 'day', 'day', 'evening', 'pale', 'dusk'] as const)
    const stops = { day: [hsl(210 + random.between(-8, 8), 70, 52), hsl(202, 75, 78)], evening: [hsl(220, 45, 52), hsl(28 + random.between(-10, 8), 85, 72)], pale: [hsl(208, 35, 72), hsl(205, 35, 88)], dusk: [hsl(240, 40, 32), hsl(305, 35, 62)] }[mood]
    return { defs: linearGradient(id, stops), details: '' }
  },
  grass(region, random, id) {
    const hue = random.between(82, 122)
    const light = random.between(30, 44)
    return {
      defs: linearGradient(id, [hsl(hue, 45, light + 8), hsl(hue, 52, light)]),
      details: strokes(scattered(region, random, 260, blade(random.between(-3, 3), 8)), hsl(hue, 55, light - 9), 1.1, 0.7) + strokes(scattered(region, random, 200, blade(random.between(-3, 3), 7)), hsl(hue - 8, 58, light + 14), 1, 0.7),
    }
  },
  water(region, random, id) {
    const hue = random.between(190, 218)
    const light = random.between(32, 46)
    const waves = (x: number, y: number, near: number): string => `M${n(x)} ${n(y)}q${n(4 * near)} ${n(-3 * near)} ${n(8 * near)} 0t${n(8 * near)} 0`
    return {
      defs: linearGradient(id, [hsl(hue, 48, light + 12), hsl(hue, 58, light - 4)]),
      details: strokes(scattered(region, random, 80, waves), hsl(hue - 8, 55, light + 26), 1.3, 0.7) + strokes(scattered(region, random, 60, waves), hsl(hue + 6, 60, light - 12), 1.3, 0.6),
    }
  },
  sand(region, random, id) {
    const hue = random.between(34, 48)
    const light = random.between(64, 76)
    const ripple = (x: number, y: number, near: number): string => `M${n(x)} ${n(y)}q${n(9 * near)} ${n(4 * near)} ${n(18 * near)} 0`
    return {
      defs: linearGradient(id, [hsl(hue, 52, light + 5), hsl(hue, 55, light - 3)]),
      details: strokes(scattered(region, random, 320, dot), hsl(hue - 4, 45, light - 20), 1.2, 0.6) + strokes(scattered(region, random, 26, ripple), hsl(hue, 45, light - 10), 1.4, 0.5),
    }
  },
  snow(region, random, id) {
    const hue = random.between(200, 230)
    const drift = (x: number, y: number, near: number): string => `M${n(x)} ${n(y)}q${n(14 * near)} ${n(-6 * near)} ${n(30 * near)} 0`
    return {
      defs: linearGradient(id, [hsl(hue, 30, 93), hsl(hue, 35, 96)]),
      details: strokes(scattered(region, random, 24, drift), hsl(hue, 38, 82), 2, 0.6) + strokes(scattered(region, random, 90, dot), hsl(hue, 45, 80), 1.1, 0.6),
    }
  },
  road(region, random, id) {
    const light = random.between(28, 42)
    const middle = (region.top + region.bottom) / 2
    const line = random.chance(0.7) ? strokes(Array.from({ length: 6 }, (_, i) => `M${n(i * 48 + random.between(-4, 4))} ${n(middle)}h24`).join(''), random.chance(0.7) ? '#f2f0e6' : '#f0c94a', random.between(3, 5), 0.9) : ''
    return { defs: linearGradient(id, [hsl(230, 5, light + 6), hsl(230, 6, light)]), details: strokes(scattered(region, random, 240, dot), hsl(230, 4, light + 16), 1.2, 0.5) + strokes(scattered(region, random, 200, dot), hsl(230, 6, light - 14), 1.3, 0.5) + line }
  },
  wall(region, random, id) {
    const brick = random.chance(0.55)
    const hue = brick ? random.between(5, 24) : random.pick([45, 150, 260, 340, 20])
    const light = brick ? random.between(48, 62) : random.between(70, 84)
    const saturation = brick ? 42 : 26
    let d = ''
    const row = brick ? random.between(11, 16) : random.between(20, 34)
    for (let y = region.top, odd = 0; y < region.bottom; y += brick ? row : CANVAS * 2, odd ^= 1) {
      if (brick) d += `M0 ${n(y)}h${CANVAS}`
      for (let x = odd * row; x < CANVAS; x += brick ? row * 2 : row) d += `M${n(x)} ${n(y)}v${n(brick ? row : region.bottom - region.top)}`
    }
    return { defs: linearGradient(id, [hsl(hue, saturation, light + 4), hsl(hue, saturation, light - 4)]), details: strokes(d, hsl(hue, saturation * 0.6, light + (brick ? 20 : -9)), brick ? 1.5 : 2.4, 0.75) }
  },
  floor(region, random, id) {
    const tiles = random.chance(0.3)
    const hue = tiles ? random.pick([10, 30, 170]) : random.between(20, 34)
    const light = random.between(38, 58)
    const far = CANVAS / 2
    let d = ''
    // boards run away from the eye
    for (let x = -CANVAS * 1.5; x < CANVAS * 2.5; x += random.between(tiles ? 34 : 20, tiles ? 34 : 44)) d += `M${n(far + (x - far) * 0.55)} ${n(region.top)}L${n(x)} ${n(region.bottom)}`
    if (tiles) for (let y = region.top + 6, step = 9; y < region.bottom; y += step, step *= 1.3) d += `M0 ${n(y)}h${CANVAS}`
    return { defs: linearGradient(id, [hsl(hue, 42, light + 6), hsl(hue, 46, light - 4)]), details: strokes(d, hsl(hue, 45, light - 16), 1.6, 0.75) + strokes(scattered(region, random, tiles ? 0 : 50, dash(12)), hsl(hue, 40, light - 8), 0.9, 0.5) }
  },
}
