import { Command } from 'commander'
import { EngineError } from '../contract/errors.ts'
import { FILE_FORMATS } from '../contract/transfer.ts'
import { withProject } from './engine-session.ts'
import { withWriteOptions, WRITABLE_FORMATS, type WriteArguments, writeOptionsOf } from './format-options.ts'
import { printResult, reportText } from './report-text.ts'

interface Arguments extends WriteArguments { readonly project: string; readonly out: string; readonly format: string; readonly dryRun?: boolean; readonly json?: boolean }

/** `maskwright export`: a project's annotations in any format. */
export function exportCommand(): Command {
  return withWriteOptions(new Command('export')
    .description('write a project’s annotations')
    .requiredOption('--project <file>', 'the project')
    .requiredOption('--out <path>', 'COCO file to write (.json; replaced only when all is written), or a new or empty folder')
    .option('--format <name>', WRITABLE_FORMATS, 'coco-instances'))
    .option('--dry-run', 'only say what would be written')
    .option('--json', 'print the report as one JSON object')
    .addHelpText('after', `
Masks are written as compressed RLE unless --masks says otherwise. Ids, file names and keys of an imported file are kept; annotations without a class
are left out and counted.

Examples:
  maskwright export --project cats.maskwright --out cats.json
  maskwright export --project cats.maskwright --out all.json --states pending,accepted,fixed,drawn --strict
  maskwright export --project cats.maskwright --out yolo --format yolo --split 0.8,0.2 --pictures copy`)
    .action(async ({ project, out, format, dryRun, json, ...rest }: Arguments) => {
      const options = writeOptionsOf(format, rest)
      if (FILE_FORMATS.includes(options.format) && !out.toLowerCase().endsWith('.json')) throw new EngineError('bad-input', `--out ${out}: the name of a COCO file has to end in .json`)
      await withProject({ project, create: false }, async (session) => {
        if (dryRun === true) {
          const report = await session.client.call('export.check', { options })
          printResult(json, report, reportText(report))
          return
        }
        const { report, display } = await session.client.call('export.write', { grant: await session.grant('export', out), options })
        printResult(json, { ...report, out: display }, `${display}: ${reportText(report)}`)
      })
    })
}
