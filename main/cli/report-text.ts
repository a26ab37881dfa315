import type { ScanReport } from '../contract/images.ts'
import type { TransferReport } from '../contract/transfer.ts'
import en from '../../resources/translations/en.json' with { type: 'json' }

const TITLES: Readonly<Record<string, string>> = en.report.rule

/** A report of an import or export for a terminal: one line of counts, then a line a finding with its first example. */
export function reportText(report: TransferReport): string {
  const lines = [`${count(report.annotations, 'annotation')} on ${count(report.images, 'image')}, ${count(report.classes, 'class', 'classes')}: ${report.verdict}`]
  for (const { rule, severity, count: times, action, examples } of report.findings) {
    lines.push(`  ${severity.padEnd(7)} ${String(times).padStart(6)} × ${TITLES[rule] ?? rule}: ${action}${examples.length === 0 ? '' : ` (${oneLine(examples[0])}${times > 1 ? ', …' : ''})`}`)
  }
  return lines.join('\n')
}

/** File names may hold newlines and worse: shown as JSON would escape them, so that a finding stays one line. */
const oneLine = (text: string): string => text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1))

/** The files of a scan that could not be read, a line each, then how many more. Names are quoted: they may hold newlines. */
export function problemLines({ problems, problemCount }: ScanReport): string[] {
  const lines = problems.map(({ path, reason }) => `${JSON.stringify(path)}: ${reason}`)
  return problemCount > problems.length ? [...lines, `and ${count(problemCount - problems.length, 'more file')} that can’t be read`] : lines
}

/** What is not shown of pictures that were read: animations' other frames, bits above 8. */
export function remarkLines({ remarks, remarkCount }: ScanReport): string[] {
  const lines = remarks.map(({ path, remark }) => `${JSON.stringify(path)}: ${remark}`)
  return remarkCount > remarks.length ? [...lines, `and ${count(remarkCount - remarks.length, 'more picture')} of this kind`] : lines
}

/** '1 image', '2 images' */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** Results go to standard output: one JSON object, or text. */
export function printResult(json: boolean | undefined, object: unknown, text: string): void {
  process.stdout.write(`${json === true ? JSON.stringify(object) : text}\n`)
}
