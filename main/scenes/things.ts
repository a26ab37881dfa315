import { brightColour, circle, ellipse, hsl, linearGradient, n, painted, path, polygon, radialGradient, rect, softShadow, strokes, type Drawing, type Part } from './drawing.ts'
import type { Random } from './random.ts'

/** Where a thing stands: the middle of its foot (of its middle for what hangs in the sky), and its height, in px of the canvas. */
export interface Stand {
  readonly x: number
  readonly y: number
  readonly size: number
}

export type Thing = 'house' | 'tree' | 'car' | 'boat' | 'sun' | 'cloud' | 'ball' | 'flower' | 'cat' | 'chair' | 'table' | 'lamp'

/** Draws a thing; `id` makes the names of its gradients its own. */
export const drawThing = (kind: Thing, stand: Stand, random: Random, id: string): Drawing => THINGS[kind](stand, random, id)

type Painter = (stand: Stand, random: Random, id: string) => Drawing

const drawing = (parts: readonly Part[], rest: Partial<Drawing> = {}): Drawing => ({ parts, details: '', beneath: '', defs: '', ...rest })

const THINGS: Readonly<Record<Thing, Painter>> = {
  house({ x, y, size }, random, id) {
    const width = size * random.between(0.8, 1.25)
    const wall = size * random.between(0.52, 0.62)
    const left = x - width / 2
    const top = y - wall
    const roof = hsl(random.pick([4, 14, 24, 215, 345]), random.between(35, 60), random.between(30, 44))
    const body = hsl(random.pick([40, 52, 20, 200, 0]), random.between(18, 55), random.between(74, 90))
    const over = width * 0.08
    const ridge = width * random.pick([0, 0.12, 0.22])
    const shutters = hsl(random.pick([200, 140, 20, 350]), 40, 36)
    const window = (wx: number, wy: number, s: number): string => painted(rect(wx - s / 2, wy - s / 2, s, s, '#fff')) + painted(rect(wx - s * 0.4, wy - s * 0.4, s * 0.8, s * 0.8, '#7fb3d9')) + strokes(`M${n(wx)} ${n(wy - s / 2)}v${n(s)}M${n(wx - s / 2)} ${n(wy)}h${n(s)}`, '#fff', s * 0.1)
    const door = random.chance(0.5) ? x : x - width * 0.2
    const second = door === x ? [x - width * 0.3, x + width * 0.3] : [x + width * 0.22]
    return drawing([
      rect(x + width * 0.18, top - size * 0.36, width * 0.12, size * 0.3, hsl(12, 30, 40)),
      rect(left, top - 1, width, wall + 1, `url(#${id})`),
      polygon([[left - over, top], [x - ridge, y - size], [x + ridge, y - size], [left + width + over, top]], roof),
    ], {
      defs: linearGradient(id, [body, hsl(30, 20, 70)], true),
      beneath: softShadow(x + size * 0.08, y, width * 0.62, size * 0.07),
      details: painted(rect(door - width * 0.08, y - wall * 0.62, width * 0.16, wall * 0.62, shutters)) + second.map((wx) => window(wx, y - wall * 0.52, width * 0.17)).join('')
        + strokes(`M${n(left - over)} ${n(top)}h${n(width + over * 2)}M${n(left)} ${n(top - size * 0.13)}h${n(width)}M${n(left + width * 0.1)} ${n(top - size * 0.26)}h${n(width * 0.8)}`, '#000', 1, 0.22),
    })
  },
  tree({ x, y, size }, random) {
    const bark = hsl(26, 34, random.between(22, 34))
    const shade = softShadow(x + size * 0.06, y, size * 0.3, size * 0.05)
    const hue = random.pick([96, 108, 120, 132, 140, 78, 30])
    const light = hue === 30 ? 44 : random.between(22, 36)
    const leaf = (lift: number): string => hsl(hue + random.between(-6, 6), hue === 30 ? 75 : 44, light + lift)
    if (random.chance(0.4)) {
      const half = size * random.between(0.22, 0.3)
      const tiers = [0, 1, 2].map((i): Part => polygon([[x - half * (1 - i * 0.24), y - size * (0.14 + i * 0.24)], [x, y - size * (0.56 + i * 0.22)], [x + half * (1 - i * 0.24), y - size * (0.14 + i * 0.24)]], leaf(i * 3)))
      return drawing([rect(x - size * 0.04, y - size * 0.2, size * 0.08, size * 0.2, bark), ...tiers], { beneath: shade, details: strokes(Array.from({ length: 26 }, () => `M${n(x + random.between(-half, half) * 0.7)} ${n(y - size * random.between(0.16, 0.85))}l3 4`).join(''), leaf(12), 1.2, 0.55) })
    }
    const crown = Array.from({ length: 9 }, (_, i): Part => {
      const angle = (i / 8) * Math.PI * 2 + random.between(-0.3, 0.3)
      const far = i === 8 ? 0 : size * 0.19
      return circle(x + Math.cos(angle) * far, y - size * 0.66 + Math.sin(angle) * far * 0.9, size * (i === 8 ? 0.22 : random.between(0.11, 0.16)), leaf(-3 + random.between(0, 5)))
    })
    const tufts = (lift: number): string => Array.from({ length: 22 }, () => painted(circle(x + random.between(-0.3, 0.3) * size, y - size * random.between(0.42, 0.95), size * random.between(0.02, 0.045), leaf(lift)))).join('')
    return drawing([polygon([[x - size * 0.06, y], [x - size * 0.035, y - size * 0.5], [x + size * 0.035, y - size * 0.5], [x + size * 0.06, y]], bark), ...crown], { beneath: shade, details: tufts(9) + tufts(-8) })
  },
  car({ x, y, size }, random, id) {
    const long = size * random.between(1.9, 2.4)
    const left = x - long / 2
    const colour = random.chance(0.85) ? brightColour(random) : random.pick(['#e8e8ea', '#2b2b30'])
    const wheel = size * 0.23
    const bottom = y - wheel * 0.7
    const nose = random.between(0.16, 0.26)
    const body = `M${n(left)} ${n(bottom)}V${n(y - size * 0.56)}Q${n(left)} ${n(y - size * 0.62)} ${n(left + long * 0.05)} ${n(y - size * 0.63)}L${n(left + long * nose)} ${n(y - size * 0.66)}L${n(left + long * (nose + 0.1))} ${n(y - size)}H${n(left + long * 0.7)}L${n(left + long * 0.82)} ${n(y - size * 0.64)}L${n(left + long * 0.97)} ${n(y - size * 0.58)}Q${n(left + long)} ${n(y - size * 0.56)} ${n(left + long)} ${n(y - size * 0.4)}V${n(bottom)}Z`
    const glass = '#bfe0f2'
    return drawing([path(body, `url(#${id})`), circle(left + long * 0.22, y - wheel, wheel, '#1d1d20'), circle(left + long * 0.78, y - wheel, wheel, '#1d1d20')], {
      defs: linearGradient(id, [colour, colour, '#26262c']),
      beneath: softShadow(x, y - size * 0.02, long * 0.55, size * 0.13),
      details: painted(polygon([[left + long * (nose + 0.05), y - size * 0.66], [left + long * (nose + 0.125), y - size * 0.93], [left + long * 0.46, y - size * 0.93], [left + long * 0.46, y - size * 0.66]], glass))
        + painted(polygon([[left + long * 0.5, y - size * 0.66], [left + long * 0.5, y - size * 0.93], [left + long * 0.675, y - size * 0.93], [left + long * 0.76, y - size * 0.66]], glass))
        + painted(circle(left + long * 0.22, y - wheel, wheel * 0.5, '#c9ccd2')) + painted(circle(left + long * 0.78, y - wheel, wheel * 0.5, '#c9ccd2'))
        + painted(rect(left + long * 0.95, y - size * 0.5, long * 0.05, size * 0.1, '#fff3b0')) + painted(rect(left, y - size * 0.52, long * 0.03, size * 0.12, '#d8362e')),
    })
  },
  boat({ x, y, size }, random, id) {
    const long = size * random.between(0.95, 1.3)
    const hull = size * 0.26
    const colour = random.pick([brightColour(random, 42), '#f4f1e8', hsl(24, 50, 34)])
    const left = x - long / 2
    const parts: Part[] = [path(`M${n(left)} ${n(y - hull)}H${n(left + long)}Q${n(left + long * 0.9)} ${n(y)} ${n(left + long * 0.76)} ${n(y)}H${n(left + long * 0.2)}Q${n(left + long * 0.06)} ${n(y - hull * 0.3)} ${n(left)} ${n(y - hull)}Z`, `url(#${id})`)]
    if (random.chance(0.7)) {
      const sail = random.pick(['#ffffff', '#fbf3dc', brightColour(random, 62)])
      parts.push(rect(x - size * 0.015, y - size, size * 0.035, size * 0.8, '#5b4632'), polygon([[x + size * 0.04, y - size * 0.97], [x + long * 0.4, y - hull * 1.25], [x + size * 0.04, y - hull * 1.25]], sail))
      if (random.chance(0.7)) parts.push(polygon([[x - size * 0.03, y - size * 0.86], [x - long * 0.34, y - hull * 1.25], [x - size * 0.03, y - hull * 1.25]], sail))
    } else {
      parts.push(rect(x - long * 0.22, y - hull * 1.9, long * 0.4, hull * 1, '#f6f4ee'), rect(x + long * 0.02, y - hull * 2.7, long * 0.1, hull * 0.9, '#c8402f'))
    }
    return drawing(parts, { defs: linearGradient(id, [colour, hsl(25, 30, 22)]), beneath: softShadow(x, y, long * 0.5, size * 0.06), details: strokes(`M${n(left)} ${n(y - hull * 0.72)}h${n(long)}`, '#fff', hull * 0.14, 0.8) })
  },
  sun({ x, y, size }, random, id) {
    const warm = random.pick(['#ffe14d', '#ffd23c', '#ffb52e', '#ff8f3a'])
    const radius = size / 2
    const rays: Part[] = random.chance(0.5) ? [polygon(Array.from({ length: 32 }, (_, i): [number, number] => [x + Math.cos((i * Math.PI) / 16) * radius * (i % 2 === 0 ? 1.45 : 1.02), y + Math.sin((i * Math.PI) / 16) * radius * (i % 2 === 0 ? 1.45 : 1.02)]), warm)] : []
    const halo = [2.4, 1.9].map((wide) => `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius * wide)}" fill="#fff2b8" opacity="0.18"/>`).join('')
    return drawing([...rays, circle(x, y, radius, `url(#${id})`)], { defs: radialGradient(id, '#fff8d0', warm), beneath: halo })
  },
  cloud({ x, y, size }, random, id) {
    const wide = size * random.between(1.6, 2.4)
    const grey = random.chance(0.25)
    const parts = Array.from({ length: 6 }, (_, i): Part => ellipse(x + ((i - 2.5) / 5) * wide * 0.8, y - (i % 5 === 0 ? 0 : size * random.between(0.08, 0.22)), wide * random.between(0.15, 0.22), size * (i % 5 === 0 ? 0.26 : random.between(0.32, 0.45)), `url(#${id})`))
    return drawing([...parts, ellipse(x, y + size * 0.12, wide * 0.46, size * 0.24, `url(#${id})`)], { defs: linearGradient(id, grey ? ['#dfe3e8', '#a8b0ba'] : ['#ffffff', '#dfe8f1']) })
  },
  ball({ x, y, size }, random, id) {
    const r = size / 2
    const colour = brightColour(random)
    const other = random.pick(['#ffffff', '#ffe14d', '#20232c'])
    const turn = random.between(0, 180)
    const details = random.pick([
      painted(ellipse(x, y - r, r * 0.32, r * 1.1, other, turn)),
      painted(ellipse(x, y - r, r * 1.2, r * 0.22, other, turn)) + painted(ellipse(x, y - r, r * 0.22, r * 1.2, other, turn)),
      Array.from({ length: 9 }, (_, i) => painted(circle(x + r * Math.cos(i * 2.4 + turn) * 0.27 * Math.sqrt(i), y - r + r * Math.sin(i * 2.4 + turn) * 0.27 * Math.sqrt(i), r * 0.17, other))).join(''),
      '',
    ])
    return drawing([circle(x, y - r, r, colour)], {
      defs: `<radialGradient id="${id}" cx="0.35" cy="0.28" r="0.85"><stop offset="0" stop-color="#fff" stop-opacity="0.55"/><stop offset="0.5" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity="0.45"/></radialGradient>`,
      beneath: softShadow(x + r * 0.2, y - r * 0.06, r * 1.05, r * 0.26),
      details: details + painted(circle(x, y - r, r, `url(#${id})`)),
    })
  },
  flower({ x, y, size }, random) {
    const stems = random.pick([1, 1, 2, 3])
    const green = hsl(110, 45, 32)
    const parts: Part[] = []
    let details = ''
    for (let i = 0; i < stems; i++) {
      const high = size * (i === 0 ? 1 : random.between(0.6, 0.9))
      const fx = x + (i === 0 ? 0 : (i === 1 ? -1 : 1) * size * 0.3)
      const head = high * 0.27
      const hy = y - high + head
      const petals = random.pick([5, 6, 8])
      const colour = random.chance(0.2) ? '#fbfbff' : hsl(random.pick([330, 345, 0, 290, 45, 22]) + random.between(-6, 6), 82, random.between(52, 66))
      const wide = Math.max(size * 0.045, 1.2)
      parts.push(polygon([[x - wide / 2, y], [fx - wide / 2, hy], [fx + wide / 2, hy], [x + wide / 2, y]], green), ellipse(x + (fx - x) * 0.4 + size * 0.1, y - high * 0.3, size * 0.12, size * 0.05, green, -35))
      for (let p = 0; p < petals; p++) {
        const angle = (p / petals) * Math.PI * 2
        parts.push(ellipse(fx + Math.cos(angle) * head * 0.58, hy + Math.sin(angle) * head * 0.58, head * 0.46, head * 0.3, colour, (angle * 180) / Math.PI))
      }
      parts.push(circle(fx, hy, head * 0.34, random.pick(['#ffd23c', '#f2a020', '#7a4a1e'])))
      details += painted(circle(fx - head * 0.1, hy - head * 0.1, head * 0.13, '#fff6c9'))
    }
    return drawing(parts, { beneath: softShadow(x, y, size * 0.2, size * 0.045), details })
  },
  cat({ x, y, size }, random) {
    const fur = random.pick([hsl(26, 70, 50), '#3a3634', '#8b8680', hsl(30, 35, 34), '#efe6d8'])
    const dark = random.pick([hsl(22, 50, 26), '#1f1c1b'])
    const side = random.pick([-1, 1])
    const sits = random.chance(0.5)
    const at = (dx: number): number => x + side * dx * size
    const hx = sits ? 0.02 : 0.52
    const hy = sits ? 0.72 : 0.62
    const headX = at(hx)
    const headY = y - size * hy
    const ear = (dx: number): Part => polygon([[headX + (dx - 0.1) * size, headY - size * 0.13], [headX + dx * 1.25 * size, headY - size * 0.32], [headX + (dx + 0.1) * size, headY - size * 0.12]], fur)
    const tail = sits
      ? path(`M${n(at(-0.2))} ${n(y - size * 0.02)}Q${n(at(-0.62))} ${n(y)} ${n(at(-0.55))} ${n(y - size * 0.42)}Q${n(at(-0.46))} ${n(y - size * 0.1)} ${n(at(-0.16))} ${n(y - size * 0.14)}Z`, fur)
      : path(`M${n(at(-0.5))} ${n(y - size * 0.5)}Q${n(at(-0.86))} ${n(y - size * 0.52)} ${n(at(-0.78))} ${n(y - size * 0.96)}Q${n(at(-0.68))} ${n(y - size * 0.64)} ${n(at(-0.42))} ${n(y - size * 0.4)}Z`, fur)
    const bodyParts = sits
      ? [ellipse(x, y - size * 0.29, size * 0.29, size * 0.3, fur), rect(x - size * 0.16, y - size * 0.2, size * 0.32, size * 0.2, fur, size * 0.06)]
      : [ellipse(x, y - size * 0.44, size * 0.56, size * 0.2, fur), ...[-0.42, -0.26, 0.24, 0.4].map((dx) => rect(at(dx) - size * 0.055, y - size * 0.38, size * 0.11, size * 0.38, fur, size * 0.04))]
    const eye = (dx: number): string => painted(ellipse(headX + dx * size, headY - size * 0.03, size * 0.042, size * 0.055, '#b7e04a')) + painted(ellipse(headX + dx * size, headY - size * 0.03, size * 0.016, size * 0.05, '#111'))
    const stripes = random.chance(0.6) ? strokes([-0.3, -0.15, 0, 0.15].map((dx) => `M${n(at(dx))} ${n(y - size * (sits ? 0.5 : 0.62))}q${n(side * size * 0.03)} ${n(size * 0.1)} 0 ${n(size * 0.18)}`).join(''), dark, size * 0.05, 0.6) : ''
    return drawing([tail, ...bodyParts, circle(headX, headY, size * 0.22, fur), ear(-0.14), ear(0.14)], {
      beneath: softShadow(x, y, size * 0.5, size * 0.07),
      details: stripes + eye(-0.09) + eye(0.09) + painted(polygon([[headX - size * 0.03, headY + size * 0.05], [headX + size * 0.03, headY + size * 0.05], [headX, headY + size * 0.09]], '#e58a8a')),
    })
  },
  chair({ x, y, size }, random) {
    const wood = random.pick([hsl(26, 48, 38), hsl(34, 50, 56), brightColour(random, 46), '#f0eee8'])
    const seat = size * 0.46
    const wide = size * random.between(0.46, 0.58)
    const side = random.pick([-1, 1])
    const leg = Math.max(size * 0.06, 1.6)
    const back = side < 0 ? x - wide / 2 : x + wide / 2 - leg
    const cushion = brightColour(random, 50)
    const parts: Part[] = [rect(x - wide / 2, y - seat, leg, seat, wood), rect(x + wide / 2 - leg, y - seat, leg, seat, wood), rect(x - wide / 2, y - seat - size * 0.06, wide, size * 0.1, wood)]
    if (random.chance(0.5)) parts.push(rect(back, y - size, leg, size, wood), rect(x - wide / 2 + wide * 0.2, y - seat * 0.95, leg, seat * 0.85, wood), rect(x + wide / 2 - wide * 0.2 - leg, y - seat * 0.95, leg, seat * 0.85, wood), rect(x - wide / 2, y - seat - size * 0.1, wide, size * 0.07, cushion, 2), rect(side < 0 ? back : back - size * 0.02, y - size, leg + size * 0.02, size * 0.42, wood, 2))
    else parts.push(rect(x - wide / 2, y - size, leg, size * 0.6, wood), rect(x + wide / 2 - leg, y - size, leg, size * 0.6, wood), rect(x - wide / 2, y - size, wide, size * 0.14, wood, 2), rect(x - wide / 2, y - size * 0.8, wide, size * 0.1, wood), rect(x - wide / 2, y - seat - size * 0.09, wide, size * 0.08, cushion, 2))
    return drawing(parts, { beneath: softShadow(x, y, wide * 0.62, size * 0.06), details: strokes(`M${n(x - wide / 2)} ${n(y - seat + size * 0.03)}h${n(wide)}`, '#000', 1, 0.3) })
  },
  table({ x, y, size }, random) {
    const wood = random.pick([hsl(24, 52, 34), hsl(32, 50, 50), '#f2efe9', hsl(18, 40, 26)])
    const wide = size * random.between(1.5, 2.1)
    const thick = size * 0.13
    const leg = Math.max(size * 0.08, 1.8)
    const parts: Part[] = random.chance(0.7)
      ? [rect(x - wide * 0.45, y - size + thick, leg, size - thick, wood), rect(x + wide * 0.45 - leg, y - size + thick, leg, size - thick, wood), rect(x - wide * 0.3, y - size + thick, leg, size * 0.76, wood), rect(x + wide * 0.3 - leg, y - size + thick, leg, size * 0.76, wood)]
      : [rect(x - leg * 0.7, y - size + thick, leg * 1.4, size - thick, wood), ellipse(x, y - size * 0.03, wide * 0.22, size * 0.07, wood)]
    const cloth = random.chance(0.35) ? brightColour(random, 62) : null
    const top = polygon([[x - wide / 2, y - size + thick], [x - wide * 0.4, y - size - thick * 1.1], [x + wide * 0.4, y - size - thick * 1.1], [x + wide / 2, y - size + thick]], cloth ?? wood)
    return drawing([...parts, top, rect(x - wide / 2, y - size + thick, wide, thick * (cloth === null ? 0.7 : 1.8), cloth ?? wood)], { beneath: softShadow(x, y, wide * 0.5, size * 0.08), details: strokes(`M${n(x - wide / 2)} ${n(y - size + thick)}h${n(wide)}`, '#000', 1.2, 0.28) + strokes(`M${n(x - wide * 0.36)} ${n(y - size)}h${n(wide * 0.7)}`, '#fff', 1.4, 0.35) })
  },
  lamp({ x, y, size }, random, id) {
    const metal = random.pick(['#2c3038', '#4a4f58', hsl(40, 45, 45)])
    const shade = random.pick(['#fff0a8', '#ffe27a', '#ffd2a0', '#fff8dc'])
    const pole = Math.max(size * 0.035, 1.8)
    const glow = (gx: number, gy: number): string => `<circle cx="${n(gx)}" cy="${n(gy)}" r="${n(size * 0.3)}" fill="#fff3b0" opacity="0.2"/>`
    const defs = linearGradient(id, ['#fffbe6', shade])
    if (random.chance(0.5)) {
      const arm = random.pick([-1, 1]) * size * 0.16
      return drawing([rect(x - pole / 2, y - size * 0.94, pole, size * 0.94, metal), rect(x - pole * 1.4, y - size * 0.06, pole * 2.8, size * 0.06, metal), rect(Math.min(x, x + arm) - pole / 2, y - size * 0.95, Math.abs(arm) + pole, pole, metal), polygon([[x + arm - size * 0.08, y - size * 0.76], [x + arm - size * 0.05, y - size * 0.93], [x + arm + size * 0.05, y - size * 0.93], [x + arm + size * 0.08, y - size * 0.76]], `url(#${id})`)], { defs, beneath: softShadow(x, y, size * 0.1, size * 0.025) + glow(x + arm, y - size * 0.8) })
    }
    const half = size * random.between(0.15, 0.21)
    return drawing([rect(x - pole / 2, y - size * 0.8, pole, size * 0.78, metal), ellipse(x, y - size * 0.025, half * 0.8, size * 0.03, metal), polygon([[x - half, y - size * 0.68], [x - half * 0.55, y - size], [x + half * 0.55, y - size], [x + half, y - size * 0.68]], `url(#${id})`)], { defs, beneath: softShadow(x, y, half, size * 0.03) + glow(x, y - size * 0.78), details: strokes(`M${n(x - half)} ${n(y - size * 0.69)}h${n(half * 2)}`, '#b8862e', 1.4, 0.6) })
  },
}
