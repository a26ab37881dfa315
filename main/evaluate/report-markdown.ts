import { MATCHED_LEGEND } from './hungarian-matching.ts'
import type { Figures } from './judgement.ts'

const percent = (value: number | null | undefined) => (value === null || value === undefined ? '–' : (100 * value).toFixed(1))

/** The tables of the report's shape: mIoU per method (tables 2 and 4), presence precision and recall (table 3). */
export function markdownReport(title: string, protocols: Readonly<Record<string, Readonly<Record<string, Figures>>>>): string {
  const lines = [`# ${title}`, '']
  for (const [protocol, methods] of Object.entries(protocols)) {
    const names = Object.keys(methods)
    if (names.length === 0) continue
    const row = (label: string, value: (figures: Figures) => string) => `| ${label} | ${names.map((name) => value(methods[name])).join(' | ')} |`
    lines.push(`## ${protocol}`, '', `| % | ${names.join(' | ')} |`, `| --- |${names.map(() => ' ---: |').join('')}`)
    lines.push(row('mIoU', ({ mIoU, judgedBy }) => percent(mIoU) + (judgedBy === 'matched' ? '*' : '')))
    lines.push(row('Boundary IoU', ({ boundaryIoU }) => percent(boundaryIoU)))
    lines.push(row('pixel accuracy', ({ pixelAccuracy }) => percent(pixelAccuracy)))
    lines.push(row('presence precision', ({ presence }) => percent(presence?.precision)))
    lines.push(row('presence recall', ({ presence }) => percent(presence?.recall)))
    lines.push(row('images', ({ images }) => String(images)), '')
    if (names.some((name) => methods[name].judgedBy === 'matched')) lines.push(`\\* ${MATCHED_LEGEND}`, '')
    const classes = Object.keys(methods[names[0]].perClass)
    lines.push(`| IoU % | ${names.join(' | ')} |`, `| --- |${names.map(() => ' ---: |').join('')}`)
    for (const name of classes) lines.push(row(name, ({ perClass }) => percent(perClass[name])))
    lines.push('')
  }
  return lines.join('\n')
}
