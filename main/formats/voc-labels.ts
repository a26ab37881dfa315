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

/** 0xrrggbb → its place in the VOC palette. */
export const placeOfVocColour: ReadonlyMap<number, number> = new Map([...vocPalette(IGNORE + 1).entries()].map(([place, [r, g, b]]) => [(r << 16) | (g << 8) | b, place]))

/**
 * The labels of a VOC data set: of `labelmap.txt`, which CVAT and Datumaro write with colours of their own
 * (`label:r,g,b:parts:actions`), else the twenty of VOC in VOC's palette.
 */
export function vocLabels(labelmap: string | null): VocLabels {
  if (labelmap === null) return { names: VOC_CLASSES, valueOfColour: placeOfVocColour }
  const lines = linesOf(labelmap).filter((line) => !line.startsWith('#')).map((line) => line.split(':').map((part) => part.trim()))
  const background = lines.find(([name]) => name === 'background') ?? ['background']
  const labels = [background, ...lines.filter(([name]) => name !== 'background' && name !== 'ignored')]
  const names = labels.slice(1).map(([name]) => name)
  const colours = labels.map(([, colour]) => /^(\d{1,3}),\s*(\d{1,3}),\s*(\d{1,3})$/.exec(colour ?? '')?.slice(1).map(Number))
  if (colours.every((colour) => colour === undefined)) return { names, valueOfColour: placeOfVocColour }
  const valueOfColour = new Map<number, number>()
  const shared = new Set<number>()
  for (const [value, colour] of colours.entries()) {
    if (colour === undefined) continue
    const packed = (colour[0] << 16) | (colour[1] << 8) | colour[2]
    if (valueOfColour.has(packed)) shared.add(packed)
    valueOfColour.set(packed, value)
  }
  for (const colour of shared) valueOfColour.delete(colour)
  // black is the background also where the list does not say so
  if (!valueOfColour.has(0) && !shared.has(0)) valueOfColour.set(0, 0)
  for (const [colour, place] of placeOfVocColour) if (place === IGNORE && !valueOfColour.has(colour)) valueOfColour.set(colour, IGNORE)
  return { names, valueOfColour }
}
