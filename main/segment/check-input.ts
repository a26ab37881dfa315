/** f32 rows of 4096 values from half-precision softmaxes sum to 1 within this; a matrix that is not normalised misses by far more. */
const ROW_SUM_TOLERANCE = 1e-3

/**
 * @param affinity f32[n, n]
 * @throws RangeError naming the first wrong thing: the shape, a NaN, a negative entry, a row that does not sum to 1. O(n²)
 */
export function checkAffinity(affinity: Float32Array, n: number): void {
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`the affinity's side is ${n}; it must be a whole number ≥ 1`)
  if (affinity.length !== n * n) throw new RangeError(`the affinity holds ${affinity.length} values, but ${n}×${n} = ${n * n} are needed`)
  for (let i = 0; i < n; i++) {
    let sum = 0
    let least = 0
    for (let j = 0, at = i * n; j < n; j++, at++) {
      const value = affinity[at]
      sum += value
      if (value < least) least = value
    }
    if (Number.isNaN(sum)) throw new RangeError(`row ${i} of the affinity holds a NaN`)
    if (least < 0) throw new RangeError(`row ${i} of the affinity holds a negative value, ${least}; an affinity is row-stochastic`)
    if (!(Math.abs(sum - 1) <= ROW_SUM_TOLERANCE)) {
      throw new RangeError(`row ${i} of the affinity sums to ${Number(sum.toPrecision(6))}, not to 1; divide each row by its sum first`)
    }
  }
}

/**
 * @param scores f32[n, c]
 * @throws RangeError for a wrong shape, no class, or a value that is not finite. O(n · c)
 */
export function checkScores(scores: Float32Array, n: number, classCount: number): void {
  if (!Number.isInteger(classCount) || classCount < 1) throw new RangeError(`the scores have ${classCount} classes; at least one is needed`)
  if (scores.length !== n * classCount) {
    throw new RangeError(`the scores hold ${scores.length} values, but ${n} cells × ${classCount} classes = ${n * classCount} are needed`)
  }
  const bad = scores.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) throw new RangeError(`the score of cell ${Math.floor(bad / classCount)} for class ${bad % classCount} is ${scores[bad]}; it must be finite`)
}
