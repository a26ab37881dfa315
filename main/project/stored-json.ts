/** A small value as a TEXT column holds it; null stays null. */
export function toStoredJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value)
}

/** The value of a TEXT column that `toStoredJson` wrote. */
export function fromStoredJson(text: string | null): unknown {
  return text === null ? null : (JSON.parse(text) as unknown)
}
