import type Database from 'better-sqlite3'
import type { ProjectFile } from './project-file.ts'

/** Small facts by key, as JSON. Setting undefined or null removes the key. */
export function metaTable(db: Database.Database): ProjectFile['meta'] {
  const select = db.prepare<[string], { value: string }>('SELECT value FROM meta WHERE key = ?')
  const upsert = db.prepare<[string, string]>('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
  const remove = db.prepare<[string]>('DELETE FROM meta WHERE key = ?')
  return {
    get(key) {
      const row = select.get(key)
      return row === undefined ? undefined : (JSON.parse(row.value) as unknown)
    },
    set(key, value) {
      if (value === undefined || value === null) remove.run(key)
      else upsert.run(key, JSON.stringify(value))
    },
  }
}
