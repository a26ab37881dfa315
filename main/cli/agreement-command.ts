import { Command } from 'commander'
import type { Agreement } from '../evaluate/agreement.ts'
import { count, printResult } from './report-text.ts'

interface Arguments { readonly worst: string; readonly json?: boolean }

/** `maskwright agreement`: how far two annotators agree. */
export function agreementCommand(): Command {
  return new Command('agreement')
    .description('compare the masks two annotators made of the same pictures: IoU of matched pairs per class, and the images they differ most on')
    .argument('<a>', 'a project, or a data set: COCO or any other format that can be read')
    .argument('<b>', 'the other one')
    .option('--worst <n>', 'how many images to list', '10')
    .option('--json', 'print everything as one JSON object')
    .addHelpText('after', `
Images are matched by their paths, masks within an image and a class one to one so that the sum of IoU is greatest.
"agreement" counts a mask without a partner as 0; "F1" counts pairs of an IoU of at least 0.5.

Examples:
  maskwright agreement ada.json grace.json
  maskwright agreement ada.maskwright grace.json --json`)
    .action(async (a: string, b: string, { worst, json }: Arguments) => {
      const [{ masksOfImages }, { agreement }, { EngineError }] = await Promise.all([import('../engine/masks-of-images.ts'), import('../evaluate/agreement.ts'), import('../contract/errors.ts')])
      if (!/^\d+$/.test(worst)) throw new EngineError('bad-input', `--worst ${worst}: a whole number is needed`)
      const found = agreement(await masksOfImages(a), await masksOfImages(b), Number(worst))
      if (found.images === 0) throw new EngineError('bad-input', `${a} and ${b} have no image in common (${found.onlyA} and ${found.onlyB} images); their paths have to be the same`)
      printResult(json, found, agreementText(found))
    })
}

const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(3))

function agreementText({ images, onlyA, onlyB, agreement, meanIoU, f1, classes, worst }: Agreement): string {
  const width = Math.max(5, ...classes.map(({ className }) => className.length))
  return [
    `${count(images, 'image')} compared${onlyA + onlyB === 0 ? '' : `; ${onlyA} only in the first, ${onlyB} only in the second`}: agreement ${figure(agreement)}, mean IoU of pairs ${figure(meanIoU)}, F1 ${figure(f1)}`,
    '',
    `${'class'.padEnd(width)}  ${['first', 'second', 'pairs', 'agreement', 'mean IoU', 'F1'].map((title) => title.padStart(9)).join('  ')}`,
    ...classes.map((one) => `${one.className.padEnd(width)}  ${[String(one.a), String(one.b), String(one.pairs), figure(one.agreement), figure(one.meanIoU), figure(one.f1)].map((text) => text.padStart(9)).join('  ')}`),
    '',
    'least agreement:',
    ...worst.map(({ image, a, b, agreement: of }) => `  ${figure(of)}  ${image} (${a} and ${b} masks)`),
  ].join('\n')
}
