import { join, parse, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { EngineError } from '../../contract/errors.ts'
import type { DeviceChoice, PrecisionChoice } from '../../contract/jobs.ts'
import { packGives, packMethods } from '../../contract/packs.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../contract/settings.ts'
import type { Dataset } from '../../evaluate/datasets/dataset.ts'
import { METHODS, MethodName } from '../../contract/methods.ts'
import { openPack, type Pack } from '../../packs/open-pack.ts'
import { affinityFor } from '../../packs/pack-manifest.ts'
import { createPackRunner, viewsOf, type PackRunner } from '../../pipeline/pack-methods.ts'
import { DATASETS } from '../../evaluate/datasets/index.ts'
import { readMapsFile } from '../../inference/maps-file.ts'
import { RUNNABLE_METHODS } from '../../segment/run-method.ts'
import { parseClassNames, readClassesFile, readTruthIds } from '../class-lists.ts'
import { commandRunnerOptions, deviceOption, packOption, precisionOption } from '../pack-argument.ts'
import { progressBar } from '../progress-bar.ts'
import { commandProducts, mapSettings } from '../segment-maps.ts'
import { parseSettings } from '../settings-argument.ts'
import { wholeFrom } from '../whole-number.ts'
import { classicMaps } from './classic-maps.ts'
import { readCocoDataset, type DrawnDataset } from './coco-dataset.ts'
import { evaluateDataset } from './evaluate-dataset.ts'
import { evaluatePredictions } from './evaluate-predictions.ts'
import { onMaps, onPack, type MethodsOf } from './methods-on-image.ts'
import { evaluationMarkdown, writeEvaluation, type BadImage, type EvaluationJson } from './evaluation-report.ts'
import { memoryBank } from './memory-bank.ts'
import { codingOf, readCodedTruth } from './truth.ts'

/** Failures that are written to standard error; a method that a whole data set refuses would fill the screen. */
const FAILURES_SHOWN = 20

interface Arguments {
  readonly predictions?: string
  readonly truth?: string
  readonly classes?: string
  readonly classesFile?: string
  readonly truthIds?: string
  readonly photos?: string
  readonly dataset?: string
  readonly root?: string
  readonly split: string
  readonly pack?: string
  readonly device: DeviceChoice
  readonly precision: PrecisionChoice
  readonly maps?: string
  readonly methods: string
  readonly profile: 'reference' | 'corrected'
  readonly memoryBank?: boolean
  readonly ticked?: boolean
  readonly set: readonly string[]
  readonly worst: number
  readonly out?: string
  readonly json?: boolean
}

/** `maskwright evaluate`: predictions against truth, or methods on a dataset. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('judge label maps against truth: mIoU, Boundary IoU, pixel accuracy, presence precision and recall')
    .option('--predictions <dir>', 'label PNGs (value = place in the class list, 255 or 65535 = none)')
    .option('--truth <dir>', 'truth PNGs of the same names')
    .option('--classes <a,b,c>', 'class names')
    .option('--classes-file <file>', 'class names, one a line, or a JSON list')
    .option('--truth-ids <file>', 'how the truth is coded, YAML "id: name"; without it like the predictions')
    .option('--photos <dir>', 'the photos, for the HTML report')
    .addOption(new Option('--dataset <name>', 'run methods on a dataset as it lies on disk').choices([...Object.keys(DATASETS), 'coco']))
    .option('--root <dir>', 'the dataset’s folder')
    .option('--split <name>', 'train, val, …', 'val')
    .addOption(packOption('whose networks the methods run on; classic has an affinity and no scores'))
    .addOption(deviceOption())
    .addOption(precisionOption())
    .option('--maps <dir>', 'instead of a pack: a maps file (safetensors) per picture, of the same name')
    .option('--methods <a,b|all>', 'named methods; all: every one that the maps allow', 'all')
    .addOption(new Option('--profile <profile>', 'as the published code does it, or mended').choices(['reference', 'corrected']).default('corrected'))
    .option('--memory-bank', 'mix the scores of each cell half and half with those of the 20 regions of the data set’s other pictures that look most alike, without their labels; methods on GEM, with a pack')
    .option('--ticked', 'every method with names works over the classes that are in the picture, as where a person has ticked them')
    .option('--set <name=value>', 'a setting; may be repeated (default: the report’s for this dataset)', (value: string, before: string[]) => [...before, value], [])
    .option('--out <dir>', 'write report.json, report.md and report.html there')
    .option('--worst <count>', 'worst images a method that report.html shows', wholeFrom(0, 100), 6)
    .option('--json', 'print one JSON object instead of the Markdown table')
    .addHelpText('after', `
Every figure is given at original size and at 320×320, squashed (the protocol of the report). A truth map without a
prediction counts as "nothing predicted". Presence precision and recall are the report's: means over all classes of the
list, where one that is in no picture, or is never predicted, counts as 0; on few pictures they stay below 100 for that.
With --out a run on a dataset keeps a journal there and goes on after a stop.

Examples:
  maskwright evaluate --predictions out --truth masks --classes-file classes.txt --truth-ids classes.yaml --out report
  maskwright evaluate --dataset voc --root VOC2012 --split val --maps maps --methods all --out voc-val
  maskwright evaluate --dataset voc --root VOC2012 --pack sd15-metaclip --profile reference --out voc-val
  maskwright evaluate --dataset folder --root data --pack classic --methods diffseg --json`)
    .action(async (given: Arguments) => {
      const { json, bad, title } = await evaluated(given)
      if (given.out !== undefined) await writeEvaluation(given.out, title, `${json.images} images, ${json.classes.length} classes`, json, bad)
      for (const name of json.missing) process.stderr.write(`no prediction for ${name}: judged as nothing predicted\n`)
      for (const { id, reason } of json.failed.slice(0, FAILURES_SHOWN)) process.stderr.write(`${id}: ${reason}\n`)
      if (json.failed.length > FAILURES_SHOWN) process.stderr.write(`and ${json.failed.length - FAILURES_SHOWN} more; --json and report.json list them all\n`)
      process.stdout.write(given.json === true ? `${JSON.stringify(json)}\n` : evaluationMarkdown(title, json))
    })
}

async function classesOf(given: Arguments): Promise<string[]> {
  if (given.classes !== undefined && given.classesFile !== undefined) throw new EngineError('bad-input', 'give either --classes or --classes-file, not both')
  if (given.classes !== undefined) return parseClassNames(given.classes)
  if (given.classesFile !== undefined) return readClassesFile(given.classesFile)
  throw new EngineError('bad-input', 'say which classes there are: --classes a,b,c or --classes-file FILE')
}

async function evaluated(given: Arguments): Promise<{ json: EvaluationJson; bad: readonly BadImage[]; title: string }> {
  if (given.dataset !== undefined) return evaluatedDataset(given, given.dataset)
  if (given.predictions === undefined || given.truth === undefined) throw new EngineError('bad-input', 'give --predictions DIR and --truth DIR, or --dataset NAME and --root DIR')
  const classes = await classesOf(given)
  const coding = given.truthIds === undefined ? null : codingOf(await readTruthIds(given.truthIds), classes, given.truthIds)
  const bar = progressBar('judged')
  try {
    const result = await evaluatePredictions({ predictions: given.predictions, truth: given.truth, classes, coding, photos: given.photos ?? null, worst: given.worst, onImage: (done, total) => bar.show(done, total) })
    return { ...result, title: 'Predictions against truth' }
  } finally {
    bar.end()
  }
}

async function evaluatedDataset(given: Arguments, name: string): Promise<{ json: EvaluationJson; bad: readonly BadImage[]; title: string }> {
  if (given.root === undefined) throw new EngineError('bad-input', '--dataset needs --root DIR')
  if ((given.pack === undefined) === (given.maps === undefined)) throw new EngineError('bad-input', 'give either --pack NAME or --maps DIR: what shall the methods run on?')
  const { dataset, truthOf } = await datasetOf(name, given.root, given.split)
  const products = commandProducts()
  const pack = given.pack === undefined ? null : openPack(given.pack)
  const parsed = parseSettings(given.set)
  // the published programs know nothing of it
  const affinity: Partial<Settings> = Object.hasOwn(parsed, 'affinityOf') || pack === null || given.profile === 'reference' ? {} : affinityFor(pack.manifest)
  const methods = methodsOf(given, pack, { ...DEFAULT_SETTINGS, ...affinity, ...parsed }.affinityOf)
  const folder = given.maps
  // the published figures are of labels as the methods give them; photos come in where edgeSnap is asked for
  const settings: Settings = { ...mapSettings(parsed, methods, pack === null || pack.folder === null ? 'given' : 'made'), ...affinity, ...(Object.hasOwn(parsed, 'edgeSnap') ? {} : { edgeSnap: 'none' as const }), ...Object.fromEntries(Object.entries(dataset.settings).filter(([name]) => !Object.hasOwn(parsed, name))) }
  if (given.memoryBank === true && (pack === null || pack.folder === null || pack.manifest.clip === null)) throw new EngineError('bad-input', '--memory-bank is made of what a pack’s CLIP sees: it needs --pack NAME, of a pack that has scores')
  const runner = pack === null || pack.folder === null ? null : await createPackRunner(pack, await commandRunnerOptions(given.device, given.precision))
  const bankOf = given.memoryBank === true && runner !== null ? memoryBank(dataset.items, runner.maps, viewsOf(settings)) : undefined
  const runOn: MethodsOf = runner !== null ? async (item) => onPack(item, askedNames(dataset), runner, await bankOf?.(item))
    : folder === undefined ? async (item) => onMaps(await classicMaps(item, dataset.classes, products), products)
      : async (item) => onMaps(await readMapsFile(join(folder, `${parse(item.id).name}.safetensors`)), products)
  const bar = progressBar('judged')
  try {
    const result = await evaluateDataset({
      dataset,
      truthOf,
      methodsOf: runOn,
      source: [resolve(given.root), given.split, folder === undefined ? given.pack : resolve(folder), ...(given.precision === 'auto' ? [] : [given.precision]), ...(bankOf === undefined ? [] : ['memory bank'])].join(' '),
      methods,
      profile: given.profile,
      settings,
      ticked: given.ticked === true,
      journal: given.out ?? null,
      worst: given.worst,
      onImage: (done, total) => bar.show(done, total),
      onJournalLost: (reason) => { process.stderr.write(`the journal can’t be kept any more (${reason}): the figures are whole, but a run after a stop judges the pictures from here on again\n`) },
    })
    return { ...result, title: `${name} ${given.split}, ${given.pack ?? 'given maps'}${deviceText(runner)}${given.precision === 'auto' ? '' : ` in ${given.precision}`}, profile ${given.profile}${bankOf === undefined ? '' : ', with a memory bank'}${given.ticked === true ? ', classes ticked' : ''}` }
  } finally {
    bar.end()
    await runner?.close()
  }
}

async function datasetOf(name: string, root: string, split: string): Promise<DrawnDataset> {
  if (name === 'coco') return readCocoDataset(root, split)
  const dataset = await DATASETS[name](root, split)
  return { dataset, truthOf: (item) => readCodedTruth(item.truth, dataset.coding) }
}

/** What a text encoder is asked for: the finer classes where there are some; background is what is none of the classes. */
const askedNames = ({ fine, classes }: Dataset): string[] => (fine?.names ?? classes).filter((name) => name !== 'background')

function deviceText(runner: PackRunner | null): string {
  if (runner === null) return ''
  const { taken, notTaken } = runner.device()
  for (const { device, reason } of notTaken) process.stderr.write(`${device} was not used: ${reason}\n`)
  return ` on ${taken}`
}

/** `all` = every method that the maps, or the pack, allow; truth gives `gt-clust` its regions. */
function methodsOf({ methods }: Arguments, pack: Pack | null, affinityOf: Settings['affinityOf']): MethodName[] {
  const onPack = pack === null ? [] : evaluatedMethods(pack, affinityOf)
  if (methods === 'all') return pack === null ? [...RUNNABLE_METHODS] : pack.folder === null ? RUNNABLE_METHODS.filter((name) => !METHODS[name].scores) : onPack
  return methods.split(',').map((name) => {
    const parsed = MethodName.safeParse(name.trim())
    if (!parsed.success) throw new EngineError('bad-input', `--methods ${name}: there is no such method; there are ${MethodName.options.join(', ')}`)
    if (pack !== null && pack.folder !== null && !onPack.includes(parsed.data)) throw new EngineError('unavailable', `--methods ${name}: the pack ${pack.manifest.name} runs ${onPack.join(', ')}${affinityOf === 'network' && packMethods(packGives(pack.manifest)).includes(parsed.data) ? '; with --set affinityOf=photo this one too' : ''}`)
    return parsed.data
  })
}

/** @param affinityOf  a pack without an affinity of its own has the photo's alone */
const evaluatedMethods = ({ manifest }: Pack, affinityOf: Settings['affinityOf']): MethodName[] => MethodName.options.filter((name) =>
  (packMethods(packGives(manifest)).includes(name) && (manifest.diffusion !== null || affinityOf === 'photo' || !METHODS[name].affinity)) || (name === 'gt-clust' && manifest.clip !== null))
