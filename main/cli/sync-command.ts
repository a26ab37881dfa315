import { Command } from 'commander'
import type { ScanReport } from '../contract/images.ts'
import { withProject } from './engine-session.ts'
import { printResult, problemLines, remarkLines } from './report-text.ts'

/** `maskwright sync`: finds added, changed and deleted pictures; labels stay. */
export function syncCommand(): Command {
  return new Command('sync')
    .description('find added, changed and deleted pictures in a project’s folders; labels are never dropped')
    .requiredOption('--project <file>', 'the project')
    .option('--json', 'print one JSON object')
    .addHelpText('after', `
Example:
  maskwright sync --project cats.maskwright`)
    .action(async ({ project, json }: { readonly project: string; readonly json?: boolean }) => {
      await withProject({ project, create: false }, async ({ client }) => {
        const { folders } = await client.call('project.info', {})
        const reports: { folder: string; report: ScanReport }[] = []
        for (const { id, path } of folders) reports.push({ folder: path, report: await client.call('folder.sync', { folderId: id }) })
        printResult(json, { folders: reports.map(({ folder, report }) => ({ folder, ...report })) }, reports.length === 0 ? 'the project has no folder' : reports.map(({ folder, report }) => scanText(folder, report)).join('\n'))
      })
    })
}

/** One folder's comparison with its files, for a terminal. */
export function scanText(folder: string, report: ScanReport): string {
  const { added, changed, missing, returned } = report
  return [`${folder}: ${added} added, ${changed} changed, ${missing} missing, ${returned} returned`, ...[...problemLines(report), ...remarkLines(report)].map((line) => `  ${line}`)].join('\n')
}
