import { linesOf } from './label-maps.ts'
import { vocPalette } from './label-png.ts'

/** The twenty classes of PASCAL VOC, value = place + 1. */
export const VOC_CLASSES = [
  'aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus', 'car', 'cat', 'chair', 'cow', 'diningtable', 'dog', 'horse', 'motorbike', 'person', 'pottedplant', 'sheep', 'sofa', 'train', 'tvmonitor',
] as const
/** Value of pixels that are to be ignored. */
export const IGNORE = 255

interface VocLabels {
  /** class of value place + 1; 0 is the background */
  readonly names: readonly string[]
  /** value of each colour, 0xrrggbb, in SegmentationClass; a colour that two labels share is in it for none */
  readonly valueOfColour: ReadonlyMap<number, number>
}

/** 0xrrggbb */
const packed = ([r, g, b]: readonly number[]): number => (r << 16) | (g << 8) | b

/** 0xrrggbb → its place in the VOC palette. */
export const placeOfVocColour: ReadonlyMap<number, number> = new Map([...vocPalette(IGNORE + 1).entries()].map(([place, colour]) => [packed(colour), place]))
const IGNORE_COLOUR = packed(vocPalette(IGNORE + 1)[IGNORE])

/**
 * The labels of a VOC data set: of `labelmap.txt`, which CVAT and Datumaro write with colours of their own
 * (`label:r,g,b:parts:actions`), else the twenty of VOC in VOC's palette.
 */
export function vocLabels(labelmap: string | null): VocLabels {
  if (labelmap === null) return { names: VOC_CLASSES, valueOfColour: placeOfVocColour }
  const lines = linesOf(labelmap).map(lineOf).filter(({ name, colour }) => (colour === null ? !name.startsWith('#') && name !== 'ignored' : !(name === 'ignored' && packed(colour) === IGNORE_COLOUR)))
  // one line is the background; a class may have its name, as any other
  const ground = lines.findIndex(({ name }) => name === 'background')
  const labels = [lines[ground] ?? { name: 'background', colour: null }, ...lines.filter((_, i) => i !== ground)]
  const names = labels.slice(1).map(({ name }) => name)
  const colours = labels.map(({ colour }) => colour)
  if (colours.every((colour) => colour === null)) return { names, valueOfColour: placeOfVocColour }
  const valueOfColour = new Map<number, number>()
  const shared = new Set<number>()
  for (const [value, colour] of colours.entries()) {
    if (colour === null) continue
    if (valueOfColour.has(packed(colour))) shared.add(packed(colour))
    valueOfColour.set(packed(colour), value)
  }
  for (const colour of shared) valueOfColour.delete(colour)
  // black is the background also where the list does not say so
  if (!valueOfColour.has(0) && !shared.has(0)) valueOfColour.set(0, 0)
  for (const [colour, place] of placeOfVocColour) if (place === IGNORE && !valueOfColour.has(colour)) valueOfColour.set(colour, IGNORE)
  return { names, valueOfColour }
}

/** A line of `labelmap.txt`; what stands before the last three colons is the name, which may have more of them. */
function lineOf(line: string): { name: string; colour: readonly number[] | null } {
  const [, name, colour] = /^(.*):([^:]*):[^:]*:[^:]*$/.exec(line) ?? ['', ...line.split(':')]
  return { name: name.trim(), colour: /^\s*(\d{1,3}),\s*(\d{1,3}),\s*(\d{1,3})\s*$/.exec(colour ?? '')?.slice(1).map(Number) ?? null }
}
