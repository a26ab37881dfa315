/**
 * Turns spans along one axis into spans along the other: row spans into column spans, and back. COCO's RLE is
 * column-major and ours row-major; this is the bridge, without a plane of pixels.
 * @param spans i32[n, 3] rows of (line, from, to), to exclusive, sorted by line; spans of one line don't overlap
 * @param length how many numbers of `spans` count (a multiple of 3)
 * @returns i32[m, 3] rows of (cross, from, to) sorted by cross, then from. O(n + m).
 */
export function transposeSpans(spans: Int32Array, length = spans.length): Int32Array {
  let firstLine = 0x7fffffff
  let low = 0x7fffffff
  let high = -1
  for (let i = 0; i < length; i += 3) {
    if (spans[i] < firstLine) firstLine = spans[i]
    if (spans[i + 1] < low) low = spans[i + 1]
    if (spans[i + 2] > high) high = spans[i + 2]
  }
  if (high < 0) return new Int32Array(0)
  const crosses = high - low
  // A line's state toggles at `from` and at `to`: bucket the toggles by where they happen.
  const bucketEnd = new Int32Array(crosses + 2)
  for (let i = 0; i < length; i += 3) {
    bucketEnd[spans[i + 1] - low + 1]++
    bucketEnd[spans[i + 2] - low + 1]++
  }
  for (let c = 0; c <= crosses; c++) bucketEnd[c + 1] += bucketEnd[c]
  const toggles = new Int32Array((length / 3) * 2)
  const next = bucketEnd.slice()
  for (let i = 0; i < length; i += 3) {
    const line = spans[i] - firstLine
    toggles[next[spans[i + 1] - low]++] = line
    toggles[next[spans[i + 2] - low]++] = line
  }
  // Where the state changes along the cross, sorted: a toggled line changes it at its both sides, and what changes twice does not change.
  let before = new Int32Array(64)
  let after = new Int32Array(64)
  let count = 0
  let out = new Int32Array(Math.max(96, length))
  let at = 0
  for (let c = 0; c < crosses; c++) {
    const from = bucketEnd[c]
    let to = from
    // spans of one line that touch toggle it twice, which is not at all
    for (let i = from; i < bucketEnd[c + 1]; i++) {
      if (to > from && toggles[to - 1] === toggles[i]) to--
      else toggles[to++] = toggles[i]
    }
    if (from < to) {
      if (count + 2 * (to - from) > after.length) {
        before = grown(before, count + 2 * (to - from))
        after = grown(after, before.length)
      }
      let n = 0
      let i = 0
      let t = from
      let side = 0 // 0: the toggled line's upper side comes next, 1: its lower
      while (i < count || t < to) {
        const mine = i < count ? before[i] : 0x7fffffff
        const theirs = t < to ? toggles[t] + side : 0x7fffffff
        const value = mine < theirs ? mine : theirs
        let odd = 0
        if (mine === value) {
          odd ^= 1
          i++
        }
        // the lower side of one line may be the upper side of the next
        while (t < to && toggles[t] + side === value) {
          odd ^= 1
          t += side
          side ^= 1
        }
        if (odd === 1) after[n++] = value
      }
      count = n
      const swap = before
      before = after
      after = swap
    }
    const needed = at + (count >> 1) * 3
    if (needed > out.length) out = grown(out, needed)
    for (let i = 0; i < count; i += 2) {
      out[at] = c + low
      out[at + 1] = before[i] + firstLine
      out[at + 2] = before[i + 1] + firstLine
      at += 3
    }
  }
  return out.subarray(0, at)
}

function grown(array: Int32Array, atLeast: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(array.length * 2, Math.ceil(atLeast / 3) * 3))
  larger.set(array)
  return larger
}
