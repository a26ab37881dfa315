import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { assignRows } from '../../../main/evaluate/assignment.ts'
import { addToBoundary, boundaryBand, boundaryFigures, createBoundaryTally } from '../../../main/evaluate/boundary-iou.ts'
import { addToConfusion, createConfusion, figuresOf } from '../../../main/evaluate/confusion.ts'
import { addMatched, createMatchedTally, matchedFigures } from '../../../main/evaluate/hungarian-matching.ts'
import { addPresence, createPresenceTally, presenceFigures } from '../../../main/evaluate/presence.ts'

interface Fixture {
  cases: { height: number; width: number; classes: number; truths: number[][]; predictions: number[][]; perClass: number[]; pixelAccuracy: number; precision: number; recall: number; boundary: (number | null)[]; matched: (number | null)[] }[]
  costs: { rows: number; columns: number; cost: number[]; total: number }[]
}
const { cases, costs } = JSON.parse(readFileSync(new URL('../../reference/fixtures/evaluate-metrics.json', import.meta.url), 'utf8')) as Fixture
/** the bound against scikit-learn and SciPy */
const DIGITS = 9

const closeTo = (found: readonly (number | null)[], wanted: readonly (number | null)[]) => {
  expect(found.length).toBe(wanted.length)
  found.forEach((value, i) => {
    if (wanted[i] === null) expect(value).toBeNull()
    else expect(value ?? Number.NaN).toBeCloseTo(wanted[i], DIGITS)
  })
}

test.each(cases)('figures of $classes classes at $width×$height equal scikit-learn’s and SciPy’s', (example) => {
  const confusion = createConfusion(example.classes)
  const presence = createPresenceTally(example.classes)
  const boundary = createBoundaryTally(example.classes)
  const matched = createMatchedTally(example.classes)
  example.truths.forEach((list, i) => {
    const truth = Uint16Array.from(list)
    const prediction = Uint16Array.from(example.predictions[i])
    addToConfusion(confusion, truth, prediction)
    addPresence(presence, truth, prediction)
    addToBoundary(boundary, truth, prediction, example.width, example.height)
    addMatched(matched, truth, prediction, example.classes)
  })
  const figures = figuresOf(confusion)
  closeTo(figures.perClass, example.perClass)
  closeTo([figures.mIoU], [example.perClass.reduce((sum, value) => sum + value, 0) / example.classes])
  closeTo([figures.pixelAccuracy], [example.pixelAccuracy])
  const { precision, recall } = presenceFigures(presence)
  closeTo([precision, recall], [example.precision, example.recall])
  closeTo(boundaryFigures(boundary).perClass, example.boundary)
  closeTo(matchedFigures(matched).perClass, example.matched)
})

test.each(costs)('a $rows×$columns assignment costs what SciPy’s costs', ({ rows, columns, cost, total }) => {
  const assigned = assignRows(Float64Array.from(cost), rows, columns)
  expect(new Set(assigned).size).toBe(rows)
  expect(assigned.reduce((sum, column, row) => sum + cost[row * columns + column], 0)).toBeCloseTo(total, DIGITS)
})

test('a class in neither truth nor predictions is left out of the mean, one that is only predicted counts 0', () => {
  const confusion = createConfusion(4)
  addToConfusion(confusion, Uint16Array.of(0, 0, 1, 65535), Uint16Array.of(0, 2, 1, 3))
  expect(figuresOf(confusion)).toEqual({ mIoU: 0.5, perClass: [0.5, 1, 0, null], pixelAccuracy: 2 / 3 })
})

test('predicting nothing is wrong but is nobody’s false positive', () => {
  const confusion = createConfusion(2)
  addToConfusion(confusion, Uint16Array.of(0, 1), Uint16Array.of(255, 1))
  expect(figuresOf(confusion).perClass).toEqual([0, 1])
})

test('nothing judged gives null, not NaN', () => {
  const confusion = createConfusion(2)
  addToConfusion(confusion, Uint16Array.of(65535), Uint16Array.of(0))
  expect(figuresOf(confusion)).toEqual({ mIoU: null, perClass: [null, null], pixelAccuracy: null })
})

test('the boundary band of a 5×5 square of one label at d = 1 is its rim', () => {
  expect([...boundaryBand(new Uint16Array(25), 5, 5, 1)]).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1])
})

test('maps of different sizes are refused', () => {
  expect(() => addToConfusion(createConfusion(2), new Uint16Array(3), new Uint16Array(4))).toThrow('truth has 3 pixels, prediction 4')
})

test('as in the report, a class that no picture shows counts as 0 in presence precision and recall', () => {
  const presence = createPresenceTally(4)
  addPresence(presence, Uint16Array.of(0, 1), Uint16Array.of(0, 1))
  expect(presenceFigures(presence)).toEqual({ precision: 0.5, recall: 0.5 })
})
