/**
 * The named channels of a channel-last map, in their order. O(n · kept).
 * @param source f32[n, channels] @returns f32[n, kept.length]
 */
export function selectChannels(source: Float32Array, channels: number, kept: readonly number[]): Float32Array {
  const n = source.length / channels
  const out = new Float32Array(n * kept.length)
  for (let cell = 0; cell < n; cell++) for (let k = 0; k < kept.length; k++) out[cell * kept.length + k] = source[cell * channels + kept[k]]
  return out
}

/**
 * Checks ticked classes and gives them in ascending order without repeats.
 * @throws RangeError for none or for one that is not a class
 */
export function tickedClasses(ticked: readonly number[] | undefined, classCount: number): readonly number[] {
  if (ticked === undefined || ticked.length === 0) throw new RangeError('this method works on ticked classes; tick at least one class of the image')
  const wrong = ticked.find((c) => !Number.isInteger(c) || c < 0 || c >= classCount)
  if (wrong !== undefined) throw new RangeError(`ticked class ${wrong} does not exist; there are ${classCount}, numbered from 0`)
  return [...new Set(ticked)].sort((a, b) => a - b)
}
