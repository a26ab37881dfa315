import { Command } from 'commander'
import type { TransferReport } from '../contract/transfer.ts'
import { FORMAT_NAMES, formatOf } from './format-options.ts'
import { printResult, reportText } from './report-text.ts'

interface Arguments { readonly images?: string; readonly format?: string; readonly reference?: string; readonly json?: boolean }

/** What `check` ends with: 0 nothing to say, 1 something is mended, 2 something is refused: all of it, or what is left out of an import. */
const exitCode = ({ verdict, findings }: TransferReport): number => (findings.some(({ severity }) => severity === 'refused') ? 2 : { clean: 0, mended: 1, refused: 2 }[verdict])

/** `maskwright check`: what an import of a file or folder would read, mend or refuse. */
export function checkCommand(): Command {
  return new Command('check')
    .description('say what an import of a file or folder would read, mend or refuse; writes nothing')
    .argument('<path>', 'a data set: a file or a folder')
    .option('--images <dir>', 'folder of its pictures: then names and sizes are compared with them')
    .option('--format <name>', `${FORMAT_NAMES}; found by looking when not given`)
    .option('--reference <file>', 'for COCO results: the instances file they are of')
    .option('--json', 'print the report as one JSON object')
    .addHelpText('after', `
Ends with 0 when all is well, 1 when something is mended and nothing lost, 2 when something is refused: the whole file, or records that an
import would leave out.

Examples:
  maskwright check instances.json --images photos
  maskwright check VOCdevkit/VOC2012 --json`)
    .action(async (path: string, { images, format, reference, json }: Arguments) => {
      const { checkDataSet } = await import('../engine/convert-data-set.ts')
      const report = await checkDataSet({ path, options: { format: format === undefined ? null : formatOf(format) }, images, reference })
      printResult(json, report, `${report.format}: ${reportText(report)}`)
      process.exitCode = exitCode(report)
    })
}
