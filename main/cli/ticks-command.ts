import { Command } from 'commander'
import { withProject } from './engine-session.ts'
import { printResult } from './report-text.ts'

interface Arguments { readonly project: string; readonly out: string; readonly json?: boolean }

/** `maskwright ticks`: which classes a person ticked for which image. */
export function ticksCommand(): Command {
  return new Command('ticks')
    .description('write which classes are ticked for which image (image-level labels)')
    .requiredOption('--project <file>', 'the project')
    .requiredOption('--out <file>', 'file to write (.json); prelabel reads it with --ticks')
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', `
Example:
  maskwright ticks --project cats.maskwright --out cats.classes.json`)
    .action(async ({ project, out, json }: Arguments) => {
      await withProject({ project, create: false }, async (session) => {
        const written = await session.client.call('ticks.write', { grant: await session.grant('export', out) })
        printResult(json, { images: written.images, out: written.display }, `${written.display}: classes of ${written.images} images`)
      })
    })
}
