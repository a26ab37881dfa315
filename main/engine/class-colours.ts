/** The page's palette for classes (renderer/theme/palette.ts), told apart with any common colour blindness. */
const FIRST = [
  '#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7', '#bbbbbb', '#88ccee',
  '#44aa99', '#117733', '#999933', '#ddcc77', '#cc6677', '#882255', '#aa4499', '#332288', '#ee8866',
] as const
/** Degrees between neighbours of the later places: no two of any run come near each other. */
const GOLDEN_ANGLE = 137.508

/** '#rrggbb' of the class at a place (≥ 0) in the list: the palette first, then hues a golden angle apart. */
export function classColour(place: number): string {
  if (place < FIRST.length) return FIRST[place]
  const hue = (place * GOLDEN_ANGLE) % 360
  const lightness = [0.55, 0.68, 0.42][place % 3]
  const channel = (offset: number): string => {
    const k = (offset + hue / 30) % 12
    const value = lightness - 0.72 * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1))
    return Math.round(value * 255).toString(16).padStart(2, '0')
  }
  return `#${channel(0)}${channel(8)}${channel(4)}`
}
