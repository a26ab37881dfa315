/**
 * Runs at most `atOnce` tasks at a time; of those that wait, the one asked for last goes first, because it is what the
 * person looks at now (a filmstrip scrolled through asks for hundreds).
 */
export function newestFirst(atOnce: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (task) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await task()
    } finally {
      const next = waiting.pop()
      if (next === undefined) running--
      else next()
    }
  }
}
