import { statSync } from 'node:fs'
import { basename } from 'node:path'
import type Database from 'better-sqlite3'
import { EngineError } from '../contract/errors.ts'
import type { IdCounter } from './ids.ts'
import type { ProjectFile } from './project-file.ts'
import { writing } from './write.ts'

/** The folders of pictures a project refers to. */
export function foldersTable(db: Database.Database, ids: IdCounter): ProjectFile['folders'] {
  const list = db.prepare<[], { id: number; path: string; images: number }>(
    'SELECT id, path, (SELECT count(*) FROM images WHERE folder_id = folders.id) AS images FROM folders ORDER BY id')
  const byId = db.prepare<[number], { path: string }>('SELECT path FROM folders WHERE id = ?')
  const byPath = db.prepare<[string], { id: number }>('SELECT id FROM folders WHERE path = ?')
  const insert = db.prepare<[number, string]>('INSERT INTO folders (id, path) VALUES (?, ?)')
  const update = db.prepare<[string, number]>('UPDATE folders SET path = ? WHERE id = ?')
  const pathOf = (folderId: number): string => {
    const row = byId.get(folderId)
    if (row === undefined) throw new EngineError('not-found', `the project has no folder ${folderId}`)
    return row.path
  }
  return {
    list: () => list.all().map(({ id, path, images }) => ({ id, path, name: basename(path), imageCount: images, present: isFolder(path) })),
    add: writing(db, (path: string) => {
      const known = byPath.get(path)
      if (known !== undefined) return known.id
      const id = ids.reserve(1)
      insert.run(id, path)
      return id
    }),
    relink(folderId, path) {
      pathOf(folderId)
      const other = byPath.get(path)
      if (other !== undefined && other.id !== folderId) throw new EngineError('bad-input', `${path} is already another folder of this project; relink to a different one`)
      update.run(path, folderId)
    },
    pathOf,
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
