import { gaussianBlur } from './gaussian-blur.ts'
import { labPlanes } from './lab-colour.ts'

/** Photo pixels along one side of a grid cell in the squashed picture that the features are measured on. */
export const CELL_PX = 4
/** Cells along each side of the grid, whatever the photo's shape: the report's 64×64. */
export const GRID_SIDE = 64

const ORIENTATIONS = 4

/** @property values f32[cells, count] row-major; the order of the columns is that of CLASSIC_FEATURES */
export interface CellFeatures {
  readonly values: Float32Array
  readonly count: number
  readonly rows: number
  readonly columns: number
}

/** Columns of the features: colour at two scales, local contrast, gradient energy by orientation. */
export const CLASSIC_FEATURES = [
  'L', 'a', 'b', 'L-wide', 'a-wide', 'b-wide', 'L-contrast', 'a-contrast', 'b-contrast', 'texture-0', 'texture-45', 'texture-90', 'texture-135',
] as const

/** Blur of the wide colours, of the contrast window and of the texture, in cells. */
const WIDE_SIGMA = 2, CONTRAST_SIGMA = 1.2, TEXTURE_SIGMA = 2.5

/**
 * Multi-scale colour, contrast and oriented gradients of each grid cell (METHODS §4), in hundredths of CIE Lab units.
 * The picture is the photo squashed to the grid: `columns` × CELL_PX by `rows` × CELL_PX pixels.
 * @param rgb  u8[rows · CELL_PX, columns · CELL_PX, 3]  sRGB
 * @throws RangeError when rgb does not fit. O(pixels)
 */
export function classicFeatures(rgb: Uint8Array, columns: number, rows: number): CellFeatures {
  const width = columns * CELL_PX, height = rows * CELL_PX
  const pixels = width * height
  if (rgb.length !== 3 * pixels) throw new RangeError(`the picture has ${rgb.length} bytes; a grid of ${columns} × ${rows} cells needs ${width} × ${height} × 3 = ${3 * pixels}`)
  const lab = labPlanes(rgb, pixels)
  const cells = columns * rows
  const planes: Float32Array[] = []
  const means = lab.map((plane) => cellMeans(plane, columns, rows))
  planes.push(...means)
  planes.push(...means.map((plane) => gaussianBlur(plane, columns, rows, WIDE_SIGMA)))
  lab.forEach((plane, channel) => {
    const squares = cellMeans(plane.map((value) => value * value), columns, rows)
    const first = gaussianBlur(means[channel], columns, rows, CONTRAST_SIGMA)
    const second = gaussianBlur(squares, columns, rows, CONTRAST_SIGMA)
    planes.push(second.map((value, cell) => Math.sqrt(Math.max(0, value - first[cell] * first[cell]))))
  })
  const energies = orientedEnergy(lab[0], width, height).map((plane) => cellMeans(plane, columns, rows))
  planes.push(...energies.map((plane) => gaussianBlur(plane, columns, rows, TEXTURE_SIGMA)))
  const count = planes.length
  const values = new Float32Array(cells * count)
  planes.forEach((plane, column) => {
    for (let cell = 0; cell < cells; cell++) values[cell * count + column] = plane[cell]
  })
  return { values, count, rows, columns }
}

function cellMeans(plane: Float32Array, columns: number, rows: number): Float32Array {
  const means = new Float32Array(columns * rows)
  const width = columns * CELL_PX
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0
      for (let y = row * CELL_PX; y < (row + 1) * CELL_PX; y++) {
        for (let x = column * CELL_PX; x < (column + 1) * CELL_PX; x++) sum += plane[y * width + x]
      }
      means[row * columns + column] = sum / (CELL_PX * CELL_PX)
    }
  }
  return means
}

/** Gradient magnitude shared out over four orientations (cos² about each), central differences, one-pixel mirrored border. */
function orientedEnergy(plane: Float32Array, width: number, height: number): Float32Array[] {
  const planes = Array.from({ length: ORIENTATIONS }, () => new Float32Array(plane.length))
  for (let y = 0; y < height; y++) {
    const above = Math.max(0, y - 1) * width, below = Math.min(height - 1, y + 1) * width
    for (let x = 0; x < width; x++) {
      const gx = plane[y * width + Math.min(width - 1, x + 1)] - plane[y * width + Math.max(0, x - 1)]
      const gy = plane[below + x] - plane[above + x]
      const magnitude = Math.hypot(gx, gy)
      if (magnitude === 0) continue
      // cos²(θ − φ) − ½ = ½ cos 2(θ − φ); negative halves carry nothing
      const cosine = (gx * gx - gy * gy) / magnitude, sine = (2 * gx * gy) / magnitude
      const at = y * width + x
      planes[0][at] = Math.max(0, cosine)
      planes[1][at] = Math.max(0, sine)
      planes[2][at] = Math.max(0, -cosine)
      planes[3][at] = Math.max(0, -sine)
    }
  }
  return planes
}
