import { existsSync } from 'node:fs'
import { Command } from 'commander'
import { EngineError } from '../contract/errors.ts'
import type { TransferReport } from '../contract/transfer.ts'
import { withProject } from './engine-session.ts'
import { FORMAT_NAMES, formatOf } from './format-options.ts'
import { printResult, reportText } from './report-text.ts'

interface Arguments { readonly project: string; readonly coco?: string; readonly from?: string; readonly format?: string; readonly images?: string; readonly done: boolean; readonly dryRun?: boolean; readonly json?: boolean }

/** `maskwright import`: a data set joins a project. */
export function importCommand(): Command {
  return new Command('import')
    .description('join a data set with a project, all or nothing; what cannot be read of it is left out and named')
    .requiredOption('--project <file>', 'the project; made when missing and --images is given')
    .option('--coco <file>', 'COCO instances file (polygons, both kinds of RLE)')
    .option('--from <path>', 'a data set of any format: a file or a folder')
    .option('--format <name>', `${FORMAT_NAMES}; found by looking when not given`)
    .option('--images <dir>', 'folder of pictures to add first')
    .option('--no-done', 'do not mark pictures done that bring labels somebody has accepted')
    .option('--dry-run', 'only say what would be read, mended or refused; the project need not be there')
    .option('--json', 'print the report as one JSON object')
    .addHelpText('after', `
Several COCO files of one folder (train and val, captions) are read together. Pictures that bring accepted labels are marked done.
Pictures are found by file_name, relative to a folder of the project, else by a unique base name. Ids, names and unknown
keys are kept for the export.

Examples:
  maskwright import --project cats.maskwright --coco instances.json --dry-run
  maskwright import --project cats.maskwright --images photos --coco instances.json
  maskwright import --project cats.maskwright --images VOC2012/JPEGImages --from VOC2012`)
    .action(async ({ project, coco, from, format, images, done, dryRun, json }: Arguments) => {
      const path = coco ?? from
      if (path === undefined || (coco !== undefined && from !== undefined)) throw new EngineError('bad-input', 'say what to import: --coco FILE, or --from PATH')
      const options = { format: format === undefined ? null : formatOf(format), done }
      const there = existsSync(project)
      if (dryRun === true && !there) {
        const { checkDataSet } = await import('../engine/convert-data-set.ts')
        const report = await checkDataSet({ path, options, images, reference: undefined })
        printResult(json, report, `${report.format}: ${reportText(report)}`)
        if (report.verdict === 'refused') throw refused(path, report)
        return
      }
      if (!there && images === undefined) throw new EngineError('not-found', `--project ${project}: there is no such file; give --images DIR to make it`)
      if (dryRun === true && images !== undefined) throw new EngineError('bad-input', '--dry-run changes nothing, and --images would add a folder to the project: leave one of them out')
      await withProject({ project, create: true, images }, async (session) => {
        const report = await session.client.call(dryRun === true ? 'import.check' : 'import.apply', { grant: await session.grant('import', path), options })
        printResult(json, report, reportText(report))
        if (report.verdict === 'refused') throw refused(path, report)
      })
    })
}

const refused = (path: string, report: TransferReport): EngineError => new EngineError('bad-file', `${path} can’t be imported: ${report.findings.at(-1)?.examples[0] ?? 'refused'}`)
