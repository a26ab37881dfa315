/**
 * Ids of an export: imported ones stay, new ones are the smallest from 1 that nobody has (cocoeval reads 0 as "not
 * matched"). O(1) each; memory of the ids used.
 */
export class CocoIds {
  readonly #imported: ReadonlySet<number>
  readonly #given = new Set<number>()
  #next = 1

  /** @param imported every id that records of the export bring along */
  constructor(imported: ReadonlySet<number>) {
    this.#imported = imported
  }

  /** The id to write; `kept` is false when an imported id was already given to another record. */
  take(importedId: number | null): { id: number; kept: boolean } {
    if (importedId !== null && !this.#given.has(importedId)) {
      this.#given.add(importedId)
      return { id: importedId, kept: true }
    }
    while (this.#imported.has(this.#next) || this.#given.has(this.#next)) this.#next++
    const id = this.#next++
    return { id, kept: importedId === null }
  }
}
