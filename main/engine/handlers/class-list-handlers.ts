import { existsSync, statSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { EngineError } from '../../contract/errors.ts'
import type { SomeHandlers } from '../../contract/handlers.ts'
import { parseClassList, writeClassList } from '../../formats/class-list.ts'
import type { Caller } from '../caller.ts'
import type { EngineContext } from '../context.ts'

/** far above any list of names; a data set of gigabytes chosen by mistake is not read */
const MOST_BYTES = 20_000_000

/** Class lists in and out of files. What is read is added by the page, as an edit that can be undone. */
export function classListHandlers(context: EngineContext): SomeHandlers<'classes.read' | 'classes.write', Caller> {
  return {
    'classes.read': async ({ grant }) => {
      const path = context.grants.pathOf(grant)
      const about = statSync(path, { throwIfNoEntry: false })
      const shown = JSON.stringify(basename(path))
      if (about?.isFile() !== true) throw new EngineError('not-found', `${shown} is no file; choose a list of classes: .txt or .json`)
      if (about.size > MOST_BYTES) throw new EngineError('bad-file', `${shown} has ${about.size} bytes: that is no list of classes. A data set is read with Import`)
      try {
        return { classes: parseClassList(await readFile(path, 'utf8')) }
      } catch (error) {
        throw new EngineError('bad-file', `${shown} can’t be read as a list of classes: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
      }
    },
    'classes.write': async ({ grant, name }) => {
      const granted = context.grants.pathOf(grant)
      const inFolder = statSync(granted, { throwIfNoEntry: false })?.isDirectory() ?? false
      if (/[/\\\0]/.test(name)) throw new EngineError('bad-input', `${JSON.stringify(name)} is no file name; it must not contain / or \\`)
      const path = inFolder ? join(granted, name) : granted
      if (!path.toLowerCase().endsWith('.json')) throw new EngineError('bad-input', `${JSON.stringify(path)}: the name of a class list has to end in .json`)
      if (inFolder && existsSync(path)) throw new EngineError('bad-input', `${JSON.stringify(path)} exists already; choose another folder, or move it away`)
      await writeFile(path, writeClassList(context.project().file.classes.list()))
      return { display: path }
    },
  }
}
