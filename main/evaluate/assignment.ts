/**
 * Minimum-cost assignment of every row to its own column (Jonker–Volgenant shortest augmenting paths with potentials).
 * @param cost f64[rows, columns], finite, rows ≤ columns
 * @returns i32[rows], the column of each row. O(rows² · columns)
 */
export function assignRows(cost: Float64Array, rows: number, columns: number): Int32Array {
  if (rows > columns) throw new RangeError(`an assignment needs at least as many columns as rows, got ${rows} rows and ${columns} columns`)
  const rowPotential = new Float64Array(rows + 1)
  const columnPotential = new Float64Array(columns + 1)
  const rowOf = new Int32Array(columns + 1) // 1-based row matched to a column, 0 = free
  const via = new Int32Array(columns + 1)
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row
    let column = 0
    const distance = new Float64Array(columns + 1).fill(Infinity)
    const visited = new Uint8Array(columns + 1)
    do {
      visited[column] = 1
      const from = rowOf[column]
      let nearest = Infinity
      let next = 0
      for (let j = 1; j <= columns; j++) {
        if (visited[j] === 1) continue
        const reduced = cost[(from - 1) * columns + j - 1] - rowPotential[from] - columnPotential[j]
        if (reduced < distance[j]) {
          distance[j] = reduced
          via[j] = column
        }
        if (distance[j] < nearest) {
          nearest = distance[j]
          next = j
        }
      }
      for (let j = 0; j <= columns; j++) {
        if (visited[j] === 1) {
          rowPotential[rowOf[j]] += nearest
          columnPotential[j] -= nearest
        } else distance[j] -= nearest
      }
      column = next
    } while (rowOf[column] !== 0)
    while (column !== 0) {
      rowOf[column] = rowOf[via[column]]
      column = via[column]
    }
  }
  const result = new Int32Array(rows)
  for (let j = 1; j <= columns; j++) if (rowOf[j] > 0) result[rowOf[j] - 1] = j - 1
  return result
}
