/** Images that the rate looks back on. */
const WINDOW = 20

/** Images a second over the last ones; breaks (pause, restart) do not count. */
export interface Rate {
  /** one image took this long, ms > 0 */
  add(milliseconds: number): void
  /** null until known */
  perSecond(): number | null
}

export function createRate(): Rate {
  const times: number[] = []
  return {
    add(milliseconds) {
      times.push(Math.max(1, milliseconds))
      if (times.length > WINDOW) times.shift()
    },
    perSecond: () => (times.length === 0 ? null : (1000 * times.length) / times.reduce((sum, time) => sum + time, 0)),
  }
}
