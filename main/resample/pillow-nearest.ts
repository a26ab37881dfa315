/**
 * R5, Pillow NEAREST on a label map: the index is found by adding the ratio up in double, as Pillow does; the closed form
 * floor((o + ½) · ratio) differs where ties are exact (28 of 320 rows for Cityscapes). To the bit.
 * @param source labels[height, width]
 * @returns labels[outHeight, outWidth] of the same array type, new
 */
export function pillowNearest<Labels extends Uint8Array | Uint16Array | Int32Array>(
  source: Labels, height: number, width: number, outHeight: number, outWidth: number,
): Labels {
  if (source.length !== height * width) throw new RangeError(`source holds ${source.length} labels, but ${height}×${width} are needed`)
  const rows = accumulatedIndices(height, outHeight)
  const columns = accumulatedIndices(width, outWidth)
  const out = new (source.constructor as new (length: number) => Labels)(outHeight * outWidth)
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) out[y * outWidth + x] = source[rows[y] * width + columns[x]]
  }
  return out
}

function accumulatedIndices(inputSize: number, outputSize: number): Int32Array {
  const step = inputSize / outputSize
  const indices = new Int32Array(outputSize)
  for (let o = 0, at = 0.5 * step; o < outputSize; o++, at += step) indices[o] = Math.min(Math.trunc(at), inputSize - 1)
  return indices
}
