import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { progressBar } from './progress-bar.ts'
import { printResult } from './report-text.ts'
import { wholeFrom } from './whole-number.ts'

interface Arguments { readonly seed: number; readonly count: number; readonly out: string; readonly size: number; readonly layout: 'dataset' | 'raw'; readonly json?: boolean }

/** `maskwright demo`: the little world that the demo pack knows. */
export function demoCommand(): Command {
  const demo = new Command('demo').description('the little world of the demo pack')
  demo.command('scenes')
    .description('draw scenes with their exact masks and captions')
    .option('--seed <n>', 'seed of the first scene; the next ones count up', wholeFrom(0, 0x7fffffff), 1)
    .option('--count <n>', 'how many', wholeFrom(1, 1_000_000), 24)
    .requiredOption('--out <dir>', 'folder to write: new or empty')
    .option('--size <px>', 'side of the pictures', wholeFrom(64, 2048), 256)
    .addOption(new Option('--layout <name>', 'a COCO data set, or plain bytes for a training program').choices(['dataset', 'raw']).default('dataset'))
    .option('--json', 'print one JSON object instead of text')
    .addHelpText('after', `
The same seed gives the same scene. The demo pack was trained on seeds from 1000000, its settings were chosen on seeds from
2000000, and its figures are of seeds from 3000000.

Example:
  maskwright demo scenes --seed 3000000 --count 200 --out scenes
  maskwright evaluate --dataset folder --root scenes --pack demo --methods all`)
    .action(async ({ seed, count, out, size, layout, json }: Arguments) => {
      const { writeScenes } = await import('../scenes/write-scenes.ts')
      const { writeRawScenes } = await import('../scenes/write-raw-scenes.ts')
      const bar = progressBar('scenes')
      const write = layout === 'raw' ? writeRawScenes : writeScenes
      try {
        await write(resolve(out), { seed, count, size, onScene: (done) => { bar.show(done, count) } })
      } finally {
        bar.end()
      }
      printResult(json, { out: resolve(out), scenes: count, seed, size, layout }, `${out}: ${count} ${count === 1 ? 'scene' : 'scenes'} of ${size}×${size} px, seeds ${seed} to ${seed + count - 1}`)
    })
  return demo
}
