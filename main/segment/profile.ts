/**
 * `reference` computes as the published code does, with its quirks (REFERENCE §8); `corrected`, the default, mends those
 * named in METHODS §1. Every result records which one made it.
 */
export type Profile = 'reference' | 'corrected'
