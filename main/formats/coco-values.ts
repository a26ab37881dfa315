import type { Findings } from './findings.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)
export const isFiniteNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
export const isFlatNumbers = (value: readonly unknown[]): value is readonly number[] => value.every(isFiniteNumber)

/** An id as COCO files carry it: compared by `key`, kept as `id` when it is a whole number. */
export interface CocoId {
  readonly key: string
  readonly id: number | null
}

/** Reads an id: a whole number, a text of one (mended), another text (mended: a new number is given), or null. */
export function idOf(value: unknown, what: string, findings: Findings): CocoId | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { key: String(value), id: value } : null
  if (typeof value !== 'string' || value === '') return null
  const number = /^-?\d{1,15}$/.test(value) ? Number(value) : null
  findings.add('string-id', 'mended', number === null ? 'a text that is no number is replaced by a new id on export' : 'read as a number', `${what} has id ${JSON.stringify(value)}`)
  return { key: number === null ? value : String(number), id: number }
}

/** Levels of lists and objects that a carried value may have: msgpack, by which records travel and history is kept, ends at 100. */
const LEVELS_MAX = 50

/** The value without what msgpack refuses: keys `__proto__`, and what lies deeper than LEVELS_MAX (null instead). O(value). */
function portable(value: unknown, level = 1): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (level > LEVELS_MAX) return null
  if (Array.isArray(value)) return value.map((one) => portable(one, level + 1))
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (key === '__proto__' ? [] : [[key, portable(one, level + 1)]])))
}

/** The keys of an object that are none of `ours`, fit to travel, or null when there are none. */
export function carriedOf(object: JsonObject, ours: ReadonlySet<string>): Record<string, unknown> | null {
  const entries = Object.entries(object).filter(([key]) => !ours.has(key) && key !== '__proto__').map(([key, value]) => [key, portable(value)] as const)
  return entries.length === 0 ? null : Object.fromEntries(entries)
}
