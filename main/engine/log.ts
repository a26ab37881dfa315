import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogLine } from '../contract/files.ts'
import type { Log } from './context.ts'

const LINES_IN_MEMORY = 5000
/** a file of the log, and how many older ones are kept beside it */
const FILE_BYTES = 2 * 1024 * 1024
const OLDER_FILES = 3

/**
 * The engine's log: the last 5,000 lines in memory, and `maskwright.log` in the folder, rotated at 2 MiB with three older
 * files kept. Written at once, so that the lines before a crash are there. A folder that can't be written costs only the file.
 */
export function openLog(folder: string): Log {
  const lines: LogLine[] = []
  const file = join(folder, 'maskwright.log')
  const older = (n: number) => join(folder, `maskwright.${n}.log`)
  let bytes = 0
  let writable = true
  try {
    mkdirSync(folder, { recursive: true })
    bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  } catch {
    writable = false
  }

  const rotate = () => {
    for (let n = OLDER_FILES; n >= 1; n--) {
      try {
        renameSync(n === 1 ? file : older(n - 1), older(n))
      } catch {
        // that one is not there yet
      }
    }
    bytes = 0
  }

  return {
    write(level, from, message) {
      const line: LogLine = { at: Date.now(), level, from, message }
      lines.push(line)
      if (lines.length > LINES_IN_MEMORY * 1.2) lines.splice(0, lines.length - LINES_IN_MEMORY)
      if (!writable) return
      const text = textOf(line)
      try {
        if (bytes > FILE_BYTES) rotate()
        appendFileSync(file, text)
        bytes += Buffer.byteLength(text)
      } catch {
        // a full disk must not take the engine down; the lines in memory remain
      }
    },
    recent: (limit) => lines.slice(-limit),
    async exportTo(path) {
      const parts: string[] = []
      for (let n = OLDER_FILES; n >= 0; n--) parts.push(await readFile(n === 0 ? file : older(n), 'utf8').catch(() => ''))
      const kept = parts.join('')
      await writeFile(path, kept === '' ? lines.map(textOf).join('') : kept)
    },
  }
}

/** One line of text whatever the message holds: file names may contain newlines. */
const textOf = (line: LogLine) => `${new Date(line.at).toISOString()} ${line.level.padEnd(5)} ${line.from}: ${line.message.replaceAll('\r', '\\r').replaceAll('\n', '\\n')}\n`
