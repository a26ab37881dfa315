import { writeFile } from 'node:fs/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import { EngineError } from '../contract/errors.ts'
import { METHOD_SETTINGS, METHODS, MethodName, settingsOf } from '../contract/methods.ts'
import { encodeLabelPng, NO_LABEL } from '../formats/label-png.ts'
import { decodeRgb } from '../images/decode.ts'
import { readMapsFile } from '../inference/maps-file.ts'
import { parseClassNames } from './class-lists.ts'
import { readLabels } from './evaluate/truth.ts'
import { printResult } from './report-text.ts'
import { commandProducts, mapSettings, runOnMaps } from './segment-maps.ts'
import { parseSettings, settingsHelp } from './settings-argument.ts'

interface Arguments {
  readonly maps: string
  readonly method: MethodName
  readonly profile: 'reference' | 'corrected'
  readonly out: string
  readonly size: number
  readonly ticked?: string
  readonly regions?: string
  readonly photo?: string
  readonly set: readonly string[]
  readonly json?: boolean
}

function parseSize(text: string): number {
  const size = Number(text)
  if (!/^\d+$/.test(text) || size < 1 || size > 8192) throw new InvalidArgumentError('a size is a whole number from 1 to 8192.')
  return size
}

/** `maskwright segment`: one of the report's methods on maps of any program. */
export function segmentCommand(): Command {
  return new Command('segment')
    .description('run one method on given scores and affinity, and write a label PNG')
    .requiredOption('--maps <file>', 'safetensors: affinity [n, n], scores [n, c] or cosine [h, w, c], sos [n]; metadata classes, grid')
    .addOption(new Option('--method <name>', 'the method').choices(MethodName.options).makeOptionMandatory())
    .addOption(new Option('--profile <profile>', 'as the published code does it, or mended').choices(['reference', 'corrected']).default('corrected'))
    .requiredOption('--out <file>', 'label PNG to write: value = place in classes, 255 = none (65535 above 255 classes)')
    .option('--size <n>', 'side of the label map; the side of the grid means no resampling', parseSize, 320)
    .option('--ticked <a,b>', 'classes that are in the picture (gem-w, agg-gem-w)')
    .option('--regions <file>', 'PNG of a person’s regions, value = region, 255 = none (gt-clust)')
    .option('--photo <file>', 'the photo: for grabcut, and to snap edges to it (edgeSnap)')
    .option('--set <name=value>', 'a setting; may be repeated', (value: string, before: string[]) => [...before, value], [])
    .option('--json', 'print one JSON object instead of text')
    .addHelpText('after', `
Methods:
${Object.entries(METHODS).map(([name, { summary }]) => `  ${name.padEnd(14)} ${summary}\n                 settings: ${METHOD_SETTINGS[name as MethodName].join(', ')}`).join('\n')}

Settings:
${settingsHelp()}

Example:
  maskwright segment --maps cat.safetensors --method agg-gem --set temperature=0.1 --set background=report --out cat.png --json`)
    .action(segment)
}

async function segment(given: Arguments): Promise<void> {
  checkOptions(given)
  const settings = mapSettings(parseSettings(given.set), [given.method])
  const maps = await readMapsFile(given.maps)
  const ticked = given.ticked === undefined ? undefined : parseClassNames(given.ticked).map((name) => {
    const place = maps.classes.indexOf(name)
    if (place < 0) throw new EngineError('bad-input', `--ticked ${name}: it is not one of the classes of ${given.maps} (${maps.classes.slice(0, 20).join(', ')}${maps.classes.length > 20 ? ', …' : ''})`)
    return place
  })
  const result = await runOnMaps(maps, {
    method: given.method,
    profile: given.profile,
    settings,
    size: given.size,
    ...(ticked === undefined ? {} : { ticked }),
    ...(given.regions === undefined ? {} : { regions: await readLabels(given.regions) }),
    ...(given.photo === undefined ? {} : { photo: await decodeRgb(given.photo) }),
  }, commandProducts())

  const { labels, width, height, clusterCount } = result
  const named = result.classCount > 0
  await writeFile(given.out, encodeLabelPng({ width, height, labels }, named ? result.classCount : (clusterCount ?? 0)))
  const names = named ? maps.classes : Array.from({ length: clusterCount ?? 0 }, (_, i) => `cluster ${i}`)
  const areas = new Map<string, number>()
  let none = 0
  for (const label of labels) {
    if (label === NO_LABEL) none++
    else areas.set(names[label], (areas.get(names[label]) ?? 0) + 1)
  }
  const classAreasPx2 = Object.fromEntries([...areas].sort(([, a], [, b]) => b - a))
  printResult(given.json, {
    method: given.method, profile: result.profile, size: [height, width], classAreasPx2, nonePx2: none, clusterCount: clusterCount ?? null, timingsMs: result.timings, settings: settingsOf(given.method, settings), out: given.out,
  }, [
    `${given.method} (${result.profile}), ${width}×${height}${clusterCount === undefined ? '' : `, ${clusterCount} clusters`}: ${given.out}`,
    ...Object.entries(classAreasPx2).map(([name, area]) => `  ${((100 * area) / labels.length).toFixed(1).padStart(5)} %  ${name}`),
    ...(none > 0 ? [`  ${((100 * none) / labels.length).toFixed(1).padStart(5)} %  (none)`] : []),
    `  ${Object.entries(result.timings).map(([step, ms]) => `${step} ${Math.round(ms)} ms`).join(' · ')}`,
  ].join('\n'))
}

/** An option that the method does not take would be a wish without effect; one that it needs has to be there. */
function checkOptions({ method, ticked, regions }: Arguments): void {
  const refuse = (option: string, need: 'ticked' | 'regions'): never => {
    const takers = MethodName.options.filter((name) => METHODS[name][need])
    throw new EngineError('bad-input', `${method} does not take ${option}; ${takers.join(', ')} ${takers.length === 1 ? 'does' : 'do'}`)
  }
  if (ticked !== undefined && !METHODS[method].ticked) refuse('--ticked', 'ticked')
  if (ticked === undefined && METHODS[method].ticked && !METHODS[method].pack) throw new EngineError('bad-input', `${method} works on the classes that are in the picture: name them with --ticked`)
  if (regions !== undefined && !METHODS[method].regions) refuse('--regions', 'regions')
}
