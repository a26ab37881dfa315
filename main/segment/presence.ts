/**
 * Presence score of each class: ½ (largest score over the cells + largest refined score) (CLIPer; METHODS §2.2). O(n · c).
 * @param scores  f32[n, c] @param refined f32[n, c], the same array where nothing refines
 * @returns f64[c]
 */
export function presenceScores(scores: Float32Array, refined: Float32Array, classCount: number): Float64Array {
  const largest = (map: Float32Array): Float64Array => {
    const most = new Float64Array(classCount).fill(-Infinity)
    for (let at = 0; at < map.length; at += classCount) for (let c = 0; c < classCount; c++) if (map[at + c] > most[c]) most[c] = map[at + c]
    return most
  }
  const before = largest(scores)
  const after = largest(refined)
  return before.map((value, c) => 0.5 * (value + after[c]))
}
