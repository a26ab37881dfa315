import { MATCHED_LEGEND } from './hungarian-matching.ts'
import type { Figures } from './judgement.ts'

/** One of the images a method did worst on; pictures as data URIs. */
export interface WorstImage {
  readonly method: string
  readonly id: string
  readonly mIoU: number
  readonly photo: string | null
  readonly truth: string
  readonly prediction: string
}

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const percent = (value: number | null | undefined) => (value === null || value === undefined ? '–' : (100 * value).toFixed(1))

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1b1f24, #e8eaed); --dim: light-dark(#5b6470, #9aa3ad); --line: light-dark(#d9dde2, #343a41); --bar: light-dark(#3568b8, #6f9fe8); --page: light-dark(#fff, #16191d) }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 1200px; margin: 2rem auto; padding: 0 1.5rem }
h1 { font-size: 1.6rem } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem } h3 { margin-top: 1.8rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } th, td { padding: .25rem .7rem; text-align: right; border-bottom: 1px solid var(--line) } th:first-child { text-align: left }
.scroll { overflow-x: auto } .dim { color: var(--dim) }
.bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: .15rem .8rem; align-items: center } .bars i { display: block; height: .7rem; background: var(--bar); border-radius: 2px; min-width: 1px }
.matrix td { background: color-mix(in oklab, var(--bar) calc(var(--share, 0) * 1%), var(--page)); width: 1.4rem; min-width: 1.4rem; height: 1.4rem; padding: 0; border: 1px solid var(--page) } .matrix th { font-weight: normal; font-size: .75rem; border: 0; padding: .1rem .4rem }
.matrix thead th { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; vertical-align: bottom }
.worst { display: grid; grid-template-columns: repeat(3, 1fr); gap: .6rem; margin-bottom: 1.2rem } .worst figure { margin: 0 } .worst img { width: 100%; display: block; image-rendering: pixelated; border: 1px solid var(--line) } figcaption { font-size: .85rem; color: var(--dim) }
`

const bars = (figures: Figures) => `<div class="bars">${Object.entries(figures.perClass)
  .sort(([, a], [, b]) => (b ?? -1) - (a ?? -1))
  .map(([name, value]) => `<span>${escape(name)}</span><i style="width:${(100 * (value ?? 0)).toFixed(1)}%"></i><span>${percent(value)}</span>`)
  .join('')}</div>`

/** Rows are truth, shaded by the share of the row; the last column is "nothing predicted". */
function matrix(confusion: readonly (readonly number[])[], classes: readonly string[]): string {
  const head = [...classes, 'nothing'].map((name) => `<th scope="col">${escape(name)}</th>`).join('')
  const rows = confusion.map((counts, c) => {
    const sum = counts.reduce((a, b) => a + b, 0)
    const cells = counts.map((count, k) => {
      if (count === 0) return '<td></td>'
      const share = count / sum
      return `<td style="--share:${(100 * share).toFixed(0)}" title="${escape(classes[c])} → ${escape(classes[k] ?? 'nothing')}: ${percent(share)} %"></td>`
    })
    return `<tr><th scope="row">${escape(classes[c])}</th>${cells.join('')}</tr>`
  })
  return `<div class="scroll"><table class="matrix"><thead><tr><th></th>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

const side = (source: string | null, caption: string) => (source === null ? `<figure><figcaption>${escape(caption)}: not given</figcaption></figure>` : `<figure><img src="${source}" alt="${escape(caption)}"><figcaption>${escape(caption)}</figcaption></figure>`)

/** A page without any outside reference: figures per method, per-class bars, confusion matrices, the worst images side by side. */
export function htmlReport(title: string, note: string, classes: readonly string[], protocols: Readonly<Record<string, Readonly<Record<string, Figures>>>>, worst: readonly WorstImage[]): string {
  const sections = Object.entries(protocols).map(([protocol, methods]) => {
    const names = Object.keys(methods)
    const row = (label: string, value: (figures: Figures) => string) => `<tr><th scope="row">${label}</th>${names.map((name) => `<td>${value(methods[name])}</td>`).join('')}</tr>`
    const table = `<div class="scroll"><table><thead><tr><th>%</th>${names.map((name) => `<th scope="col">${escape(name)}</th>`).join('')}</tr></thead><tbody>
${row('mIoU', ({ mIoU }) => percent(mIoU))}${row('Boundary IoU', ({ boundaryIoU }) => percent(boundaryIoU))}${row('pixel accuracy', ({ pixelAccuracy }) => percent(pixelAccuracy))}
${row('presence precision', ({ presence }) => percent(presence?.precision))}${row('presence recall', ({ presence }) => percent(presence?.recall))}${row('images', ({ images }) => String(images))}${row('judged by', ({ judgedBy }) => judgedBy)}</tbody></table></div>${names.some((name) => methods[name].judgedBy === 'matched') ? `<p class="dim">matched: ${MATCHED_LEGEND}</p>` : ''}`
    const details = names.map((name) => `<h3>${escape(name)}</h3>${bars(methods[name])}${methods[name].confusion === null ? '' : `<p class="dim">Confusion: rows truth, columns prediction, shade = share of the row</p>${matrix(methods[name].confusion, classes)}`}`).join('')
    return `<h2>${escape(protocol)}</h2>${table}${details}`
  })
  const worstSection = worst.length === 0 ? '' : `<h2>Worst images</h2>${worst.map((image) => `<h3>${escape(image.method)} · ${escape(image.id)} <span class="dim">mIoU ${percent(image.mIoU)}</span></h3><div class="worst">${side(image.photo, 'photo')}${side(image.truth, 'truth')}${side(image.prediction, 'prediction')}</div>`).join('')}`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${STYLE}</style></head>
<body><h1>${escape(title)}</h1><p class="dim">${escape(note)}</p>${sections.join('')}${worstSection}</body></html>
`
}
