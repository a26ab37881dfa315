import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { EngineError } from '../contract/errors.ts'
import type { PrelabelRequest } from '../contract/jobs.ts'
import { MethodName } from '../contract/methods.ts'
import { CLASSIC_PACK } from '../contract/packs.ts'
import { openPack } from '../packs/open-pack.ts'
import { addClasses, applyTicks } from './add-classes.ts'
import { parseClassNames, readClassesFile } from './class-lists.ts'
import { withProject } from './engine-session.ts'
import { requirePlace } from './out-place.ts'
import { deviceOption, packOption, precisionOption } from './pack-argument.ts'
import { prelabelOverQueue } from './prelabel-over-queue.ts'
import { type QueueArguments, withQueueOptions } from './queue-options.ts'
import { count, printResult, reportText } from './report-text.ts'
import { runPrelabelJob } from './run-prelabel-job.ts'
import { parseSettings, refuseUseless, settingsHelp } from './settings-argument.ts'
import { readTicksFile } from './ticks-file.ts'

interface Arguments extends QueueArguments {
  readonly images?: string
  readonly project?: string
  readonly labels?: string
  readonly ticks?: string
  readonly classes?: string
  readonly classesFile?: string
  readonly pack: string
  readonly device: PrelabelRequest['device']
  readonly precision: PrelabelRequest['precision']
  readonly profile: PrelabelRequest['profile']
  readonly method?: MethodName
  readonly out?: string
  readonly json?: boolean
  readonly set: readonly string[]
}

/** `maskwright prelabel`: a folder of pictures in, COCO out. */
export function prelabelCommand(): Command {
  return withQueueOptions(new Command('prelabel')
    .description('pre-label a folder of pictures and write the proposals as COCO instances')
    .option('--images <dir>', 'folder of pictures (never written to)')
    .option('--out <file>', 'COCO file to write (.json)')
    .option('--project <file>', 'project to work in, made when missing; without it a temporary one')
    .option('--labels <coco.json>', 'COCO file of pictures that are labelled: they teach, and are not pre-labelled')
    .option('--ticks <file>', 'which classes are in which picture: lines "image: class, class", or JSON')
    .option('--classes <a,b,c>', 'class names; unless given, those of --labels and of the project')
    .option('--classes-file <file>', 'class names, one a line, a JSON list, or YAML with names')
    .addOption(packOption('models to use').default('classic'))
    .addOption(deviceOption())
    .addOption(precisionOption())
    .addOption(new Option('--profile <profile>', 'as the published code does it, or mended').choices(['reference', 'corrected']).default('corrected'))
    .addOption(new Option('--method <method>', 'how regions are made and named; by default the pack’s own').choices(MethodName.options))
    .option('--set <name=value>', 'a setting of the method; may be repeated', (value: string, before: string[]) => [...before, value], [])
    .option('--json', 'print one JSON object instead of text'))
    .option('--tls-cert <file>', 'certificate for --serve-pictures, PEM')
    .option('--tls-key <file>', 'its private key, PEM')
    .addHelpText('after', `
With a pack that knows class names (see maskwright models) every class is looked for by its name. With the pack classic
regions get a class once the project has accepted masks of it (--labels, or an earlier session); the others are counted as
unnamed and are not written. What networks say of a picture is kept (MASKWRIGHT_CACHE_GB, 4 unless set): other classes,
ticks, thresholds or methods do not run them again. With --project, a run that was stopped or killed goes on where it was
when the same command is given again.

Examples:
  maskwright prelabel --images photos --classes cat,dog,sofa --pack sd15-clip --out proposals.json
  maskwright prelabel --images photos --classes cat,dog --labels six-labelled.json --out proposals.json
  maskwright prelabel --images photos --project photos.maskwright --classes-file classes.txt --out all.json --set clusterCount=30
  maskwright prelabel --queue redis://127.0.0.1:6379 --project photos.maskwright --images photos

With --queue other machines make the proposals (maskwright worker) and the project keeps them: --images, --classes and
--out may be left out. Stopped, it goes on where it was when started again.

Settings; a pack may have defaults of its own, which stand in place of these where none is given:
${settingsHelp()}`)
    .action(async (given: Arguments) => prelabel(given))
}

async function prelabel(given: Arguments): Promise<void> {
  if (given.queue !== undefined) return overQueue({ ...given, queue: given.queue })
  const started = performance.now()
  const { images, out } = given
  if (images === undefined) throw new EngineError('bad-input', 'say which pictures: --images DIR')
  if (out === undefined) throw new EngineError('bad-input', 'say where the proposals go: --out FILE.json')
  if (given.servePictures !== undefined) throw new EngineError('bad-input', '--serve-pictures is for workers; it needs --queue')
  if (given.classes === undefined && given.classesFile === undefined && given.labels === undefined && given.project === undefined) throw new EngineError('bad-input', CLASSES_WANTED)
  if (given.classes !== undefined && given.classesFile !== undefined) throw new EngineError('bad-input', 'give either --classes or --classes-file, not both')
  if (given.labels !== undefined && resolve(given.labels) === resolve(out)) throw new EngineError('bad-input', `--out ${out}: that is the file of --labels, which is not written over; choose another name`)
  requireCocoPlace(out)
  const settings = settingsAsked(given)
  const classes = await classesAsked(given)
  const ticks = given.ticks === undefined ? undefined : await readTicksFile(given.ticks)
  // what was stopped is no failure of the project, which stays with what it has
  const stopped = await withProject({ project: given.project, create: true, images }, async (session): Promise<EngineError | undefined> => {
    const { client } = session
    if (given.labels !== undefined) {
      const report = await client.call('import.apply', { grant: await session.grant('import', given.labels) })
      process.stderr.write(`labels: ${reportText(report)}\n`)
    }
    await addClasses(client, classes ?? [])
    if (ticks !== undefined) await applyTicks(client, ticks)
    const { imageCount } = await client.call('project.info', {})
    if (imageCount === 0) throw new EngineError('not-found', `--images ${images}: it holds no picture that can be read; nothing was written`)
    const asked = (await client.call('classes.list', {})).classes.filter(({ name }) => classes?.includes(name) ?? true).map(({ id }) => id)
    if (asked.length === 0) throw new EngineError('bad-input', CLASSES_WANTED)
    const request: PrelabelRequest = { scope: 'untouched', classIds: asked, pack: given.pack, profile: given.profile, device: given.device, precision: given.precision, settings, ...(given.method === undefined ? {} : { method: given.method }) }
    const { status, why } = await runPrelabelJob(client, request, given.project === undefined ? 'prelabel.cancel' : 'prelabel.pause')
    if (status.state !== 'finished') {
      const kept = given.project === undefined ? '' : `; the proposals are kept in ${given.project}, and the same command goes on from there`
      return new EngineError(why === '' ? 'cancelled' : 'unavailable', `stopped after ${status.done} of ${status.total} images; nothing was written${kept}${why === '' ? '' : `. ${why}`}`)
    }
    const { report, display } = await client.call('export.write', {
      grant: await session.grant('export', out),
      options: { states: ['pending', 'accepted', 'fixed', 'drawn'], strict: false },
    })
    const seconds = Math.round((performance.now() - started) / 10) / 100
    const unread = session.scan?.problemCount ?? 0
    const { pipeline: { device, notTaken = [] } } = await client.call('app.info', {})
    const result = { pack: given.pack, device, notTaken, images: status.done, proposals: status.proposals, unnamed: status.unnamed, seconds, failures: status.failed, unread, written: report.annotations, out: display }
    for (const { path, reason } of status.problems) process.stderr.write(`failed: ${JSON.stringify(path)}: ${reason}\n`)
    printResult(given.json, result, [
      `${count(status.done, 'image')} pre-labelled in ${seconds} s: ${count(status.proposals, 'proposal')}, ${status.unnamed} without a class${status.failed === 0 ? '' : `, ${count(status.failed, 'image')} failed`}${unread === 0 ? '' : `, ${count(unread, 'file')} can’t be read`}`,
      ...(given.pack === CLASSIC_PACK.name ? [] : [`pack ${given.pack} on ${device ?? 'no device'}${notTaken.map((one) => `; not ${one.device}: ${one.reason}`).join('')}`]),
      `${display}: ${reportText(report)}`,
    ].join('\n'))
    if (status.proposals > 0 && status.unnamed === status.proposals && given.pack === CLASSIC_PACK.name) {
      process.stderr.write(given.labels === undefined
        ? `nothing is named yet: the pack ${given.pack} knows no class by itself. Label a few of the pictures and give them with --labels, or work in a --project, where accepted masks teach it\n`
        : 'nothing is named: no region resembles clearly enough a mask that --labels gives of a class asked for (are the names those of --labels?); --set nameThreshold=0.1 takes names that are less sure\n')
    }
    if (status.total > 0 && status.failed === status.total) throw new EngineError('internal', `none of the ${status.total} images could be pre-labelled; the first: ${status.problems[0]?.reason ?? 'no reason given'}`)
    return undefined
  })
  if (stopped !== undefined) throw stopped
}

const CLASSES_WANTED = 'say which classes there are: --classes a,b,c or --classes-file FILE'

/** Settings of `--set`; one that the method does not obey is refused rather than ignored. */
function settingsAsked({ set, pack, method }: Arguments): PrelabelRequest['settings'] {
  const settings = parseSettings(set)
  refuseUseless(settings, [method ?? openPack(pack).manifest.defaultMethod])
  return settings
}

/** null: all that the labels and the project know. */
async function classesAsked({ classes, classesFile }: Arguments): Promise<string[] | null> {
  if (classesFile !== undefined) return readClassesFile(classesFile)
  return classes === undefined ? null : parseClassNames(classes)
}

function requireCocoPlace(out: string): void {
  if (!out.toLowerCase().endsWith('.json')) throw new EngineError('bad-input', `--out ${out}: the name of a COCO file has to end in .json`)
  requirePlace('--out', out)
}

/** Other machines make the proposals; the project keeps them. */
async function overQueue(given: Arguments & { readonly queue: string }): Promise<void> {
  if (given.project === undefined) throw new EngineError('bad-input', '--queue needs --project: the file that keeps the proposals')
  if (given.out !== undefined) requireCocoPlace(given.out)
  for (const [option, value] of [['--labels', given.labels], ['--ticks', given.ticks]] as const) if (value !== undefined) throw new EngineError('bad-input', `${option} does not go with --queue; bring it into the project first (maskwright import)`)
  const classes = await classesAsked(given) ?? []
  await prelabelOverQueue({
    ...given, project: given.project, classes,
    request: { scope: 'untouched', pack: given.pack, profile: given.profile, device: given.device, precision: given.precision, settings: settingsAsked(given), ...(given.method === undefined ? {} : { method: given.method }) },
  })
}
