/** How the picture lies in the view: screen = image · scale + offset, in CSS px. */
export interface ViewTransform {
  /** CSS px per px of the image */
  readonly scale: number
  readonly offsetX: number
  readonly offsetY: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** CSS px per px of the image */
const SCALE_MAX = 64
/** how far below "fits" one may zoom out */
const BELOW_FIT = 4
/** CSS px left free around a picture that fits */
const MARGIN = 12

/** The scale at which the whole picture fits; small pictures are not enlarged beyond `SCALE_MAX`. */
function fitScale(image: Size, view: Size): number {
  const room = Math.min((view.width - 2 * MARGIN) / image.width, (view.height - 2 * MARGIN) / image.height)
  return Math.min(SCALE_MAX, Math.max(room, 1e-4))
}

export function fitTransform(image: Size, view: Size): ViewTransform {
  const scale = fitScale(image, view)
  return { scale, offsetX: (view.width - image.width * scale) / 2, offsetY: (view.height - image.height * scale) / 2 }
}

/** The place (x, y) of the view keeps the px of the image that is under it. */
export function zoomAt(from: ViewTransform, x: number, y: number, wantedScale: number, image: Size, view: Size): ViewTransform {
  const least = Math.min(1, fitScale(image, view)) / BELOW_FIT
  const scale = Math.min(SCALE_MAX, Math.max(least, wantedScale))
  const ratio = scale / from.scale
  return keepInSight({ scale, offsetX: x - (x - from.offsetX) * ratio, offsetY: y - (y - from.offsetY) * ratio }, image, view)
}

/** The picture's middle part can't leave the view altogether: at least a third of the view, or half the picture, stays on it. */
export function keepInSight(from: ViewTransform, image: Size, view: Size): ViewTransform {
  const held = (offset: number, length: number, room: number) => {
    const least = Math.min(room / 3, length / 2)
    return Math.min(room - least, Math.max(least - length, offset))
  }
  return { ...from, offsetX: held(from.offsetX, image.width * from.scale, view.width), offsetY: held(from.offsetY, image.height * from.scale, view.height) }
}

/** Pyramid level (size divided by 2^level) with at least one of its px per device px. @param devicePxPerPx device px per px of the image */
export function wantedLevel(devicePxPerPx: number, levels: number): number {
  // A little blur (up to 15 %) is worth a picture of a quarter the size.
  const level = Math.floor(Math.log2(1.15 / devicePxPerPx))
  return Math.min(levels - 1, Math.max(0, level))
}
