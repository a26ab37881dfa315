import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { SomeHandlers } from '../../contract/handlers.ts'
import { FILE_FORMATS, type FormatName } from '../../contract/transfer.ts'
import { checkExport, writeExport } from '../../formats/formats.ts'
import type { Caller } from '../caller.ts'
import type { EngineContext } from '../context.ts'
import { checkImport } from '../import-data-set.ts'
import { joinDataSet } from '../join-data-set.ts'
import { jsonTarget, plainName } from '../json-target.ts'
import { projectSource } from '../project-source.ts'
import { writeTicks } from '../write-ticks.ts'

/** Progress is told at most this often. */
const TELL_MS = 200

/** Data sets in and out. */
export function transferHandlers(context: EngineContext): SomeHandlers<'import.check' | 'import.apply' | 'export.check' | 'export.write' | 'ticks.write', Caller> {
  const teller = (what: 'import' | 'export') => {
    let last = 0
    return (done: number, total: number): void => {
      if (done < total && Date.now() - last < TELL_MS) return
      last = Date.now()
      context.emit({ name: 'transfer.progress', data: { what, done, total } })
    }
  }
  return {
    'import.check': ({ grant, options }) => checkImport(context.project().file, context.grants.pathOf(grant), options, teller('import')),

    'import.apply': ({ grant, options }) => joinDataSet(context, context.project(), context.grants.pathOf(grant), options, teller('import')),

    'export.check': ({ options }) => checkExport(projectSource(context.project().file), options, teller('export')),

    'export.write': async ({ grant, name, options }) => {
      const { file } = context.project()
      const path = targetOf(context.grants.pathOf(grant), name, options.format)
      const report = await writeExport(path, projectSource(file), options, teller('export'))
      context.log.write('info', 'export', `${path}: ${report.format}, ${report.annotations} annotations on ${report.images} images (${report.verdict})`)
      return { report, display: path }
    },

    'ticks.write': async ({ grant, name }) => {
      const path = jsonTarget(context.grants.pathOf(grant), name)
      return { images: await writeTicks(context.project().file, path), display: path }
    },
  }
}

/** The file or folder to write: the granted one, or `name` in the granted folder. A folder has to be new or empty, which the writer checks. */
function targetOf(granted: string, name: string | undefined, format: FormatName): string {
  if (FILE_FORMATS.includes(format)) return jsonTarget(granted, name)
  const folder = statSync(granted, { throwIfNoEntry: false })?.isDirectory() ?? false
  return folder && name !== undefined ? join(granted, plainName(name)) : granted
}
