import { Command } from 'commander'
import { withProject } from './engine-session.ts'
import { printResult } from './report-text.ts'

interface Arguments { readonly project: string; readonly folder?: string; readonly json?: boolean }

/** `maskwright backup`: a copy of the project file. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('copy a project file safely (pictures are not part of it)')
    .requiredOption('--project <file>', 'the project')
    .option('--folder <dir>', 'where the copy goes; by default beside the project')
    .option('--json', 'print one JSON object')
    .addHelpText('after', `
Example:
  maskwright backup --project cats.maskwright --folder /mnt/backup`)
    .action(async ({ project, folder, json }: Arguments) => {
      await withProject({ project, create: false }, async (session) => {
        const done = await session.client.call('project.backup', folder === undefined ? {} : { folder: await session.grant('backup', folder) })
        printResult(json, { file: done.display, bytes: done.bytes }, `${done.display} (${done.bytes} bytes)`)
      })
    })
}
