import { existsSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type Database from 'better-sqlite3'
import { EngineError } from '../contract/errors.ts'

/**
 * Brings an open project file to the newest version: all missing migrations in one transaction, after a backup of the
 * file as it was (not for a new file). Synchronous, as nobody may use the file before it is done.
 * @returns path of the backup, or null when none was needed
 */
export function migrate(db: Database.Database, path: string, migrations: readonly string[], backupFolder: string | undefined): string | null {
  const version = versionOf(db)
  if (version === migrations.length) return null
  const backup = version === 0 ? null : freeName(join(backupFolder ?? dirname(path), `${basename(path)}.before-format-${migrations.length}`))
  if (backup !== null) copyInto(db, backup)
  db.pragma('foreign_keys = off')
  db.transaction(() => {
    for (const migration of migrations.slice(version)) db.exec(migration)
    const broken = db.pragma('foreign_key_check') as { table: string }[]
    if (broken.length > 0) throw new EngineError('bad-file', `${path}: ${broken.length} rows of ${broken[0].table} refer to rows that don’t exist; nothing was changed`)
    db.pragma(`user_version = ${migrations.length}`)
  }).immediate()
  db.pragma('foreign_keys = on')
  return backup
}

/** Refuses a file that a newer version has written. @throws EngineError 'newer-version' */
export function checkVersion(db: Database.Database, path: string, known: number): void {
  const version = versionOf(db)
  if (version > known) throw new EngineError('newer-version', `${path} was written by a newer Maskwright (format ${version}; this one knows up to ${known}): update Maskwright to open it`)
}

const versionOf = (db: Database.Database): number => db.pragma('user_version', { simple: true }) as number

/** VACUUM INTO is SQLite's copy of a consistent state in one synchronous call; opening is synchronous. Under its name only when whole. */
function copyInto(db: Database.Database, backup: string): void {
  const part = `${backup}.part`
  try {
    rmSync(part, { force: true })
    db.prepare('VACUUM INTO ?').run(part)
    renameSync(part, backup)
  } finally {
    rmSync(part, { force: true })
  }
}

function freeName(wanted: string): string {
  let name = wanted
  for (let n = 2; existsSync(name); n++) name = `${wanted}-${n}`
  return name
}
