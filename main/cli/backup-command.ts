import { resolve } from 'node:path'
import { Command } from 'commander'
import { EngineError } from '../contract/errors.ts'
import { backUpInUse } from '../project/backup.ts'
import { backupPlace } from '../project/backup-place.ts'
import { withProject } from './engine-session.ts'
import { printResult } from './report-text.ts'

interface Arguments { readonly project: string; readonly folder?: string; readonly json?: boolean }

/** `maskwright backup`: a copy of the project file. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('copy a project file safely, also while it is open elsewhere (pictures are not part of it)')
    .requiredOption('--project <file>', 'the project')
    .option('--folder <dir>', 'where the copy goes; by default beside the project')
    .option('--json', 'print one JSON object')
    .addHelpText('after', `
Example:
  maskwright backup --project cats.maskwright --folder /mnt/backup`)
    .action(async ({ project, folder, json }: Arguments) => {
      const done = await backup(project, folder)
      printResult(json, { file: done.display, bytes: done.bytes }, `${done.display} (${done.bytes} bytes)`)
    })
}

/** What somebody works on just now is copied beside them: the copy only reads. */
async function backup(project: string, folder: string | undefined): Promise<{ display: string; bytes: number }> {
  try {
    return await withProject({ project, create: false }, async (session) => session.client.call('project.backup', folder === undefined ? {} : { folder: await session.grant('backup', folder) }))
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'in-use') throw error
    const display = backupPlace(resolve(project), folder === undefined ? undefined : resolve(folder))
    return { display, bytes: await backUpInUse(resolve(project), display) }
  }
}
