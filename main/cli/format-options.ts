import type { Command } from 'commander'
import { EngineError } from '../contract/errors.ts'
import { AnnotationState } from '../contract/records.ts'
import { ExportOptions, FormatName, READ_ONLY_FORMATS } from '../contract/transfer.ts'

export const FORMAT_NAMES = FormatName.options.join(', ')
export const WRITABLE_FORMATS = FormatName.options.filter((name) => !READ_ONLY_FORMATS.includes(name)).join(', ')

/** What the options below give. */
export interface WriteArguments {
  readonly states: readonly AnnotationState[]
  readonly strict?: boolean
  readonly masks: string
  readonly tolerance: string
  readonly overlap: string
  readonly split?: string
  readonly seed: string
  readonly pictures: string
}

/** The options of everything that writes a format. */
export function withWriteOptions(command: Command): Command {
  return command
    .option('--states <a,b>', `which annotations: ${AnnotationState.options.join(', ')}`, parseStates, ['accepted', 'fixed', 'drawn'] as AnnotationState[])
    .option('--strict', 'leave out our own key "maskwright"')
    .option('--masks <shape>', 'rle, polygons (traced along pixel edges; RLE where there are holes), keyhole (holes by a bridge), simplified', 'rle')
    .option('--tolerance <px>', 'how far simplified polygons may leave the edge', '1')
    .option('--overlap <policy>', 'who keeps a pixel that several claim, where only one can: front, smaller', 'front')
    .option('--split <train,val,test>', 'shares, such as 0.8,0.1,0.1; every class is shared out')
    .option('--seed <n>', 'the same seed gives the same split', '0')
    .option('--pictures <how>', 'what happens with the pictures: none, copy, link', 'none')
}

/** @throws EngineError 'bad-input' naming the option */
export function writeOptionsOf(format: string, { states, strict, masks, tolerance, overlap, split, seed, pictures }: WriteArguments): ExportOptions {
  let shares = null
  if (split !== undefined) {
    const [train = Number.NaN, val = 0, test = 0] = split.split(',').map(Number)
    shares = { train, val, test, seed: Number(seed) }
  }
  const options = ExportOptions.safeParse({ states: [...states], strict: strict === true, format: formatOf(format), masks, tolerancePx: Number(tolerance), overlap, split: shares, images: pictures })
  if (options.success) return options.data
  const [issue] = options.error.issues
  throw new EngineError('bad-input', `--${{ images: 'pictures', tolerancePx: 'tolerance' }[String(issue?.path[0])] ?? String(issue?.path[0] ?? 'split')}: ${issue?.message ?? 'can’t be used'}`)
}

/** @throws EngineError 'bad-input' with the names there are */
export function formatOf(name: string): FormatName {
  const format = FormatName.safeParse(name)
  if (!format.success) throw new EngineError('bad-input', `"${name}" is no format; there are ${FORMAT_NAMES}`)
  return format.data
}

function parseStates(list: string): AnnotationState[] {
  return list.split(',').map((name) => {
    const state = AnnotationState.safeParse(name.trim())
    if (!state.success) throw new EngineError('bad-input', `--states ${list}: "${name.trim()}" is none of ${AnnotationState.options.join(', ')}`)
    return state.data
  })
}
