/** Work lets others have a turn after so many milliseconds. */
const TURN_MS = 12

/** Asks for a turn only when enough time has gone by. */
export function turnTaker(): () => Promise<void> | undefined {
  let last = performance.now()
  return () => {
    if (performance.now() - last < TURN_MS) return undefined
    return new Promise((resolve) => {
      setImmediate(() => {
        last = performance.now()
        resolve()
      })
    })
  }
}

/** Runs steps to their end, with turns for others between them. */
export async function inTurns<T>(steps: Generator<void, T, void>): Promise<T> {
  const turn = turnTaker()
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    const wait = turn()
    if (wait !== undefined) await wait
  }
}
