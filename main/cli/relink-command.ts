import { resolve } from 'node:path'
import { Command } from 'commander'
import { EngineError } from '../contract/errors.ts'
import { withProject } from './engine-session.ts'
import { printResult } from './report-text.ts'
import { scanText } from './sync-command.ts'

interface Arguments { readonly project: string; readonly from?: string; readonly to: string; readonly json?: boolean }

/** `maskwright relink`: a folder of pictures has moved. */
export function relinkCommand(): Command {
  return new Command('relink')
    .description('tell a project where a folder of pictures has moved; pictures are found by path, then by content')
    .requiredOption('--project <file>', 'the project')
    .requiredOption('--to <dir>', 'where the folder is now')
    .option('--from <dir>', 'where it was; not needed when the project has one folder, or one that is missing')
    .option('--json', 'print one JSON object')
    .addHelpText('after', `
Example:
  maskwright relink --project cats.maskwright --from /old/photos --to /new/photos`)
    .action(async ({ project, from, to, json }: Arguments) => {
      await withProject({ project, create: false }, async (session) => {
        const { folders } = await session.client.call('project.info', {})
        const absent = folders.filter(({ present }) => !present)
        const named = from === undefined ? (folders.length === 1 ? folders : absent) : folders.filter(({ path }) => path === from || path === resolve(from))
        if (named.length !== 1) {
          const list = folders.map(({ path, present }) => `${path}${present ? '' : ' (missing)'}`).join(', ')
          throw new EngineError('bad-input', `say which folder with --from; the project has ${list === '' ? 'none' : list}`)
        }
        const report = await session.client.call('folder.relink', { folderId: named[0].id, grant: await session.grant('image-folder', to) })
        printResult(json, { folder: resolve(to), ...report }, scanText(resolve(to), report))
      })
    })
}
