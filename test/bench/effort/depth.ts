/**
 * How far each px lies from the nearest one that is not inside (chamfer 3-4).
 * @param beyond  thirds of a px from the picture's border to what counts as not inside: 0 is the border itself
 * @returns i32[height, width]  thirds of a px, 0 where not inside
 */
export function depthOf(inside: (at: number) => boolean, width: number, height: number, beyond = 0): Int32Array {
  const wide = width + 2
  const depth = new Int32Array(wide * (height + 2)).fill(beyond)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (y + 1) * wide + x + 1
      depth[to] = inside(y * width + x) ? Math.min(depth[to - 1] + 3, depth[to - wide] + 3, depth[to - wide - 1] + 4, depth[to - wide + 1] + 4) : 0
    }
  }
  const found = new Int32Array(width * height)
  for (let y = height - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--) {
      const to = (y + 1) * wide + x + 1
      if (depth[to] === 0) continue
      depth[to] = Math.min(depth[to], depth[to + 1] + 3, depth[to + wide] + 3, depth[to + wide + 1] + 4, depth[to + wide - 1] + 4)
      found[y * width + x] = depth[to]
    }
  }
  return found
}
