import type Database from 'better-sqlite3'
import type { LabelClass } from '../contract/records.ts'
import type { ProjectFile } from './project-file.ts'
import type { RecordTable } from './record-table.ts'
import { fromStoredJson, toStoredJson } from './stored-json.ts'

interface ClassColumns {
  readonly id: number
  readonly version: number
  readonly name: string
  readonly synonyms: string
  readonly colour: string
  readonly place: number
  readonly extent: 'thing' | 'stuff'
  readonly imported_id: number | null
  readonly carried: string | null
}

export interface ClassesTable extends RecordTable<LabelClass> {
  readonly list: ProjectFile['classes']['list']
  /** how many annotations, on how many images, are of this class */
  uses(classId: number): { annotations: number; images: number }
}

/** The class list. */
export function classesTable(db: Database.Database): ClassesTable {
  const all = db.prepare<[], ClassColumns>('SELECT * FROM classes ORDER BY place, id')
  const one = db.prepare<[number], ClassColumns>('SELECT * FROM classes WHERE id = ?')
  const insert = db.prepare<[ClassColumns]>('INSERT INTO classes VALUES (@id, @version, @name, @synonyms, @colour, @place, @extent, @imported_id, @carried)')
  const update = db.prepare<[ClassColumns]>(
    'UPDATE classes SET version = @version, name = @name, synonyms = @synonyms, colour = @colour, place = @place, extent = @extent, imported_id = @imported_id, carried = @carried WHERE id = @id')
  const remove = db.prepare<[number]>('DELETE FROM classes WHERE id = ?')
  const uses = db.prepare<[number], { annotations: number; images: number }>('SELECT count(*) AS annotations, count(DISTINCT image_id) AS images FROM annotations WHERE class_id = ?')
  return {
    list: () => all.all().map(classOf),
    get(id) {
      const row = one.get(id)
      return row === undefined ? undefined : classOf(row)
    },
    insert: (record) => { insert.run(columnsOf(record)) },
    update: (record) => { update.run(columnsOf(record)) },
    remove: (id) => { remove.run(id) },
    uses: (id) => uses.get(id) ?? { annotations: 0, images: 0 },
  }
}

const classOf = (row: ClassColumns): LabelClass => ({
  kind: 'class',
  id: row.id,
  version: row.version,
  name: row.name,
  synonyms: JSON.parse(row.synonyms) as string[],
  colour: row.colour,
  order: row.place,
  extent: row.extent,
  importedId: row.imported_id,
  carried: fromStoredJson(row.carried) as Record<string, unknown> | null,
})

const columnsOf = (record: LabelClass): ClassColumns => ({
  id: record.id,
  version: record.version,
  name: record.name,
  synonyms: JSON.stringify(record.synonyms),
  colour: record.colour,
  place: record.order,
  extent: record.extent,
  imported_id: record.importedId,
  carried: toStoredJson(record.carried),
})
