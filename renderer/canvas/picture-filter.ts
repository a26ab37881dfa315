/** How a picture is looked at; nothing of it is stored or seen by the methods. All zero and gamma 1: as it is. */
export interface PictureFilter {
  /** [-1, 1], added */
  readonly brightness: number
  /** [-1, 1]; slope around the middle grey from 1/8 to 8 */
  readonly contrast: number
  /** [0.2, 5]; above 1 the dark parts get brighter */
  readonly gamma: number
}

export const AS_IT_IS: PictureFilter = { brightness: 0, contrast: 0, gamma: 1 }

/** places of the curve; between them it is a straight line */
const PLACES = 33

/** The curve that all three make together, [0, 1] → [0, 1], for each channel: gamma, then contrast around 0.5, then brightness. */
export function toneCurve({ brightness, contrast, gamma }: PictureFilter): number[] {
  const slope = 8 ** contrast
  return Array.from({ length: PLACES }, (_, i) => {
    const bent = (i / (PLACES - 1)) ** (1 / gamma)
    return Math.min(1, Math.max(0, (bent - 0.5) * slope + 0.5 + brightness))
  })
}

/** Whether a filter changes nothing, so that none has to be drawn. */
export const isAsItIs = ({ brightness, contrast, gamma }: PictureFilter): boolean => brightness === 0 && contrast === 0 && gamma === 1
