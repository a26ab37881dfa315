import type { Random } from './random.ts'

/** Side of the square that scenes are drawn in; pictures of any size are scaled from it. */
export const CANVAS = 256

/** A shape of an object's silhouette, an SVG element whose attributes do not say its colour, and the paint on it. */
export interface Part {
  /** e.g. '<rect x="1" … ', left open for the attributes of its paint */
  readonly open: string
  readonly fill: string
}

/** One object or region: its parts are its silhouette, exactly; details are clipped to it; beneath lies what belongs to others (shadows). */
export interface Drawing {
  readonly parts: readonly Part[]
  readonly details: string
  readonly beneath: string
  /** gradients that fills name */
  readonly defs: string
}

/** One decimal: keeps the text short. */
export const n = (value: number): string => String(Math.round(value * 10) / 10)

export const circle = (x: number, y: number, r: number, fill: string): Part => ({ open: `<circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}"`, fill })
export const ellipse = (x: number, y: number, rx: number, ry: number, fill: string, turn = 0): Part => ({ open: `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}"${turn === 0 ? '' : ` transform="rotate(${n(turn)} ${n(x)} ${n(y)})"`}`, fill })
export const rect = (x: number, y: number, width: number, height: number, fill: string, radius = 0): Part => ({ open: `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"${radius === 0 ? '' : ` rx="${n(radius)}"`}`, fill })
export const polygon = (points: readonly (readonly [number, number])[], fill: string): Part => ({ open: `<polygon points="${points.map(([x, y]) => `${n(x)},${n(y)}`).join(' ')}"`, fill })
export const path = (d: string, fill: string): Part => ({ open: `<path d="${d}"`, fill })

/** A part as an element of its own colour. */
export const painted = ({ open, fill }: Part): string => `${open} fill="${fill}"/>`

/** Many short strokes as one element. */
export const strokes = (d: string, colour: string, width: number, opacity = 1): string => `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${n(width)}" stroke-linecap="round" opacity="${n(opacity)}"/>`

export const softShadow = (x: number, y: number, rx: number, ry: number): string => `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" fill="#000" opacity="0.13"/><ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx * 0.75)}" ry="${n(ry * 0.7)}" fill="#000" opacity="0.16"/>`

export const linearGradient = (id: string, stops: readonly string[], across = false): string => `<linearGradient id="${id}" x1="0" y1="0" x2="${across ? 1 : 0}" y2="${across ? 0 : 1}">${stops.map((colour, i) => `<stop offset="${n(i / (stops.length - 1))}" stop-color="${colour}"/>`).join('')}</linearGradient>`
export const radialGradient = (id: string, from: string, to: string): string => `<radialGradient id="${id}" cx="0.36" cy="0.3" r="0.85"><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></radialGradient>`

/** A colour of HSL: hue in degrees, saturation and lightness in percent. */
export function hsl(hue: number, saturation: number, lightness: number): string {
  const s = saturation / 100
  const l = Math.min(Math.max(lightness, 0), 100) / 100
  const channel = (shift: number): string => {
    const k = (shift + hue / 30 + 36) % 12
    return Math.round(255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1)))).toString(16).padStart(2, '0')
  }
  return `#${channel(0)}${channel(8)}${channel(4)}`
}

/** A bright colour of any hue but green (hues of grass are left to grass). */
export const brightColour = (random: Random, lightness = 52): string => hsl(random.pick([0, 12, 28, 45, 195, 212, 230, 270, 300, 335]) + random.between(-6, 6), random.between(55, 85), lightness + random.between(-8, 8))
