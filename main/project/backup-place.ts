import { existsSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'

/** A free name for a backup made now, beside the project unless a folder is given. */
export function backupPlace(project: string, folder = dirname(project), at = new Date()): string {
  const extension = extname(project)
  const stem = `${basename(project, extension)} backup ${stamp(at)}`
  for (let n = 1; ; n++) {
    const path = join(folder, `${stem}${n === 1 ? '' : ` (${n})`}${extension}`)
    if (!existsSync(path)) return path
  }
}

/** 2026-01-31 09-05-00, local time: a name every file system takes */
function stamp(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}-${two(at.getMinutes())}-${two(at.getSeconds())}`
}
