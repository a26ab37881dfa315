/**
 * Patterns that tell classes apart without their colours. Number 0 is plain; a class has the pattern of its place in the
 * list, so neighbours in the list differ.
 */
export const PATTERN_COUNT = 8

/** The pattern of the class at a place in the list. */
export const patternOf = (place: number): number => place % PATTERN_COUNT

/** Whether a device px at (u, v), counted from the picture's corner, is on the lines of a pattern. Periods are powers of two, so this holds below zero too. */
export function onPattern(pattern: number, u: number, v: number): boolean {
  switch (pattern) {
    case 1: return ((u + v) & 7) < 2
    case 2: return (u & 7) < 3 && (v & 7) < 3
    case 3: return (v & 7) < 2
    case 4: return ((u - v) & 7) < 2
    case 5: return (((u >> 2) + (v >> 2)) & 1) === 0
    case 6: return (u & 7) < 2
    case 7: return ((u + v) & 15) < 2 || ((u - v) & 15) < 2
    default: return false
  }
}

/** Whether black stands out on a colour '#rrggbb' better than white: relative luminance (WCAG 2, without its gamma) above 0.45. */
export function isLight(colour: string): boolean {
  const rgb = Number.parseInt(colour.slice(1), 16)
  return (0.2126 * (rgb >>> 16) + 0.7152 * ((rgb >>> 8) & 0xff) + 0.0722 * (rgb & 0xff)) / 255 > 0.45
}
