import { RateLimiterMemory } from 'rate-limiter-flexible'

/** What one address, or one person, may ask in how many seconds. A page that scrolls through a long list asks a hundred pictures a second. */
const LIMITS = {
  requests: { points: 3000, duration: 10 },
  wrongTokens: { points: 20, duration: 60 },
  calls: { points: 1000, duration: 2 },
} as const

/** Counts what comes in, so that one page or guesser cannot keep the others waiting. */
export interface Floods {
  /** Counts one; false when it is one too many. Calls one after another are answered in that order. */
  admits(what: keyof typeof LIMITS, whose: string): Promise<boolean>
  /** Whether one more would be too many, without counting it. */
  isFull(what: keyof typeof LIMITS, whose: string): Promise<boolean>
}

export function createFloods(): Floods {
  const limiters = Object.fromEntries(Object.entries(LIMITS).map(([what, limit]) => [what, new RateLimiterMemory(limit)])) as Record<keyof typeof LIMITS, RateLimiterMemory>
  return {
    admits: (what, whose) => limiters[what].consume(whose).then(() => true, () => false),
    isFull: async (what, whose) => ((await limiters[what].get(whose))?.consumedPoints ?? 0) >= LIMITS[what].points,
  }
}
