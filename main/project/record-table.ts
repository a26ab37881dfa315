/** What the history needs of a table whose rows are records: annotations, classes, image marks. */
export interface RecordTable<R> {
  get(id: number): R | undefined
  insert(record: R): void
  update(record: R): void
  remove(id: number): void
}
