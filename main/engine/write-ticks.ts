import { basename } from 'node:path'
import { writeFile } from 'node:fs/promises'
import type { ProjectFile } from '../project/project-file.ts'

/**
 * Writes which classes are ticked for which image: JSON { "path in its folder": ["class", …] }, what `--ticks` reads. Of
 * images that have one path in two folders, the key begins with the folder's name.
 * @returns images written: those that something is ticked for. @throws Node's errors of writing. O(images)
 */
export async function writeTicks(file: ProjectFile, path: string): Promise<number> {
  const names = new Map(file.classes.list().map(({ id, name }) => [id, name]))
  const rows: { path: string; folder: string; classes: string[] }[] = []
  const times = new Map<string, number>()
  for (const { row, folderPath } of file.images.forExport()) {
    times.set(row.path, (times.get(row.path) ?? 0) + 1)
    if (row.ticked !== null) rows.push({ path: row.path, folder: basename(folderPath), classes: row.ticked.flatMap((id) => names.get(id) ?? []) })
  }
  const ticks = Object.fromEntries(rows.map((row) => [(times.get(row.path) ?? 0) > 1 ? `${row.folder}/${row.path}` : row.path, row.classes]))
  await writeFile(path, `${JSON.stringify(ticks, null, 1)}\n`)
  return rows.length
}
