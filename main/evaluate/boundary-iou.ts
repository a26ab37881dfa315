/**
 * Boundary IoU (Cheng et al. 2021, eq. 2) of a semantic segmentation, summed over images: the IoU of the parts of
 * truth and prediction that lie within d pixels of their own outline, per class. The image border counts as outline.
 */
export interface BoundaryTally {
  readonly classCount: number
  readonly intersection: Float64Array
  readonly union: Float64Array
}

/** d = 2 % of the image's diagonal, as the paper takes it. */
const BOUNDARY_SHARE = 0.02

export const createBoundaryTally = (classCount: number): BoundaryTally => ({ classCount, intersection: new Float64Array(classCount), union: new Float64Array(classCount) })

/** Distance in px for an image of this size, at least 1. */
const boundaryDistancePx = (width: number, height: number): number => Math.max(1, Math.round(BOUNDARY_SHARE * Math.hypot(width, height)))

/**
 * Marks the pixels that lose their label when each label's region is eroded d times by a 3×3 square with nothing
 * beyond the image border: those whose (2d+1)² window leaves the image or holds another label.
 * Separable: per row, then per column, the run of equal labels around each pixel is counted; O(pixels).
 * @param labels u16[height, width]
 * @returns u8[height, width], 1 = within d px of an outline
 */
export function boundaryBand(labels: Uint16Array, width: number, height: number, d: number): Uint8Array {
  const band = new Uint8Array(width * height)
  // A window is uniform iff every row segment in it is uniform and its centre column is uniform over those rows.
  const uniformRow = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    const row = y * width
    let start = 0
    for (let x = 1; x <= width; x++) {
      if (x < width && labels[row + x] === labels[row + start]) continue
      for (let i = start + d; i < x - d; i++) uniformRow[row + i] = 1
      start = x
    }
  }
  for (let x = 0; x < width; x++) {
    let y = 0
    while (y < height) {
      if (uniformRow[y * width + x] === 0) {
        band[y * width + x] = 1
        y++
        continue
      }
      const start = y
      const label = labels[y * width + x]
      while (y < height && uniformRow[y * width + x] === 1 && labels[y * width + x] === label) y++
      for (let i = start; i < y; i++) if (i < start + d || i >= y - d) band[i * width + x] = 1
    }
  }
  return band
}

/** Adds one image; pixels whose truth is ≥ n are judged in neither. O(pixels). */
export function addToBoundary(tally: BoundaryTally, truth: Uint16Array, prediction: Uint16Array, width: number, height: number): void {
  const d = boundaryDistancePx(width, height)
  const { classCount, intersection, union } = tally
  const judged = prediction.map((value, i) => (truth[i] < classCount ? value : truth[i]))
  const truthBand = boundaryBand(truth, width, height, d)
  const predictionBand = boundaryBand(judged, width, height, d)
  for (let i = 0; i < truth.length; i++) {
    const t = truth[i] < classCount && truthBand[i] === 1 ? truth[i] : -1
    const p = judged[i] < classCount && truth[i] < classCount && predictionBand[i] === 1 ? judged[i] : -1
    if (t >= 0 && t === p) intersection[t]++
    if (t >= 0) union[t]++
    if (p >= 0 && p !== t) union[p]++
  }
}

/** Per class in [0, 1], null where neither truth nor prediction has an outline; and their mean. */
export function boundaryFigures({ intersection, union }: BoundaryTally): { readonly mean: number | null; readonly perClass: readonly (number | null)[] } {
  const perClass = Array.from(union, (value, c) => (value > 0 ? intersection[c] / value : null))
  const present = perClass.filter((value) => value !== null)
  return { mean: present.length > 0 ? present.reduce((sum, value) => sum + value, 0) / present.length : null, perClass }
}
