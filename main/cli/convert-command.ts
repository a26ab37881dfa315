import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { EngineError } from '../contract/errors.ts'
import { FILE_FORMATS } from '../contract/transfer.ts'
import { FORMAT_NAMES, formatOf, withWriteOptions, WRITABLE_FORMATS, type WriteArguments, writeOptionsOf } from './format-options.ts'
import { printResult, reportText } from './report-text.ts'

interface Arguments extends WriteArguments { readonly from?: string; readonly to: string; readonly images?: string; readonly reference?: string; readonly json?: boolean }

/** `maskwright convert`: one format into another without a project. */
export function convertCommand(): Command {
  return withWriteOptions(new Command('convert')
    .description('turn a data set of one format into another; no project needed')
    .argument('<in>', 'a data set: a file or a folder')
    .argument('<out>', 'the file to write, or the folder: new or empty')
    .option('--from <name>', `${FORMAT_NAMES}; found by looking when not given`)
    .requiredOption('--to <name>', WRITABLE_FORMATS)
    .option('--images <dir>', 'folder of the pictures; not needed where the file gives their sizes')
    .option('--reference <file>', 'for COCO results: the instances file they are of'))
    .option('--json', 'print both reports as one JSON object')
    .addHelpText('after', `
Ids, file names and unknown keys go along where both formats have them. What is mended, left out or covered is said.

Examples:
  maskwright convert --to coco-instances VOCdevkit/VOC2012 voc.json
  maskwright convert --from coco-instances --to yolo --split 0.9,0.1 --pictures copy --images photos instances.json yolo`)
    .action(async (input: string, out: string, { from, to, images, reference, json, ...rest }: Arguments) => {
      const options = writeOptionsOf(to, rest)
      if (FILE_FORMATS.includes(options.format) && !out.toLowerCase().endsWith('.json')) throw new EngineError('bad-input', `${out}: the name of a COCO file has to end in .json`)
      if (images !== undefined && !existsSync(images)) throw new EngineError('not-found', `--images ${images}: there is no such folder`)
      const { convertDataSet } = await import('../engine/convert-data-set.ts')
      const { read, written } = await convertDataSet({ path: resolve(input), options: { format: from === undefined ? null : formatOf(from) }, images, reference }, resolve(out), options)
      printResult(json, { read, written, out: resolve(out) }, `${read.format}: ${reportText(read)}\n${out}: ${reportText(written)}`)
    })
}
