import { METHODS, type MethodName } from '../contract/methods.ts'

/**
 * Whether a method's proposals can be made with a head on the pack's features (memory/score-head.ts): it learns from GEM's features, so
 * methods on them; the published programs know of none, and stuff names only the text knows.
 */
export const takesHead = (method: string | undefined, profile: string | undefined, background: unknown): boolean =>
  method !== undefined && method in METHODS && METHODS[method as MethodName].scores && profile !== 'reference' && background !== 'stuff-floor'
