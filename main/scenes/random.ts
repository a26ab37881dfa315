/** Numbers that depend on the seed alone (mulberry32). */
export interface Random {
  /** in [0, 1) */
  next(): number
  between(low: number, high: number): number
  /** whole, both ends included */
  whole(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  /** a new list in another order */
  shuffled<T>(list: readonly T[]): T[]
}

/** @param seed any whole number; its low 32 bits count */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    whole,
    chance: (probability) => next() < probability,
    pick: (from) => from[whole(0, from.length - 1)],
    shuffled: (list) => {
      const order = [...list]
      for (let i = order.length - 1; i > 0; i--) {
        const j = whole(0, i)
        const kept = order[i]
        order[i] = order[j]
        order[j] = kept
      }
      return order
    },
  }
}
