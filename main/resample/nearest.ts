/**
 * R6, torch nearest: index = floor(o · in / out), on a label map. To the bit.
 * @param source labels[height, width]
 * @returns labels[outHeight, outWidth] of the same array type, new
 */
export function resizeNearest<Labels extends Uint8Array | Uint16Array | Int32Array>(
  source: Labels, height: number, width: number, outHeight: number, outWidth: number,
): Labels {
  if (source.length !== height * width) throw new RangeError(`source holds ${source.length} labels, but ${height}×${width} are needed`)
  const columns = Int32Array.from({ length: outWidth }, (_, o) => nearestIndex(o, width, outWidth))
  const out = new (source.constructor as new (length: number) => Labels)(outHeight * outWidth)
  for (let y = 0; y < outHeight; y++) {
    const from = nearestIndex(y, height, outHeight) * width
    for (let x = 0; x < outWidth; x++) out[y * outWidth + x] = source[from + columns[x]]
  }
  return out
}

/** torch holds the ratio in f32, so the floor must see the f32 product. */
const nearestIndex = (o: number, inputSize: number, outputSize: number): number =>
  Math.min(Math.floor(Math.fround(o * Math.fround(inputSize / outputSize))), inputSize - 1)
