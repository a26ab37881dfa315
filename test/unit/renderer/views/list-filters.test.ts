import { expect, test } from 'vitest'
import type { LabelClass } from '../../../../main/contract/records.ts'
import { type AnnotationFilter, asksMoreThanState, passesFilter } from '../../../../renderer/views/workspace/annotation-filter.ts'
import { isLong, matchingClasses } from '../../../../renderer/views/workspace/class-filter.ts'

const contains = (whole: string, part: string) => whole.toLowerCase().includes(part.toLowerCase())
const classesNamed = (names: readonly string[], synonyms: readonly string[] = []): LabelClass[] =>
  names.map((name, order) => ({ kind: 'class', id: 100 + order, version: 1, name, synonyms: order === 0 ? [...synonyms] : [], colour: '#12ab9f', order, extent: 'thing', importedId: null, carried: null }))
const THIRTEEN = ['car', 'cat', 'dog', 'tree', 'sky', 'road', 'sign', 'bus', 'bike', 'person', 'wall', 'door', 'scarf']

test('a list of more than twelve classes is searched by name and synonym, and what is found keeps its place', () => {
  const classes = classesNamed(THIRTEEN, ['automobile'])
  expect([isLong(classes.slice(0, 12)), isLong(classes)]).toEqual([false, true])
  expect(matchingClasses(classes, ' CAR ', contains).map(({ labelClass, place }) => [labelClass.name, place])).toEqual([['car', 0], ['scarf', 12]])
  expect(matchingClasses(classes, 'automo', contains).map(({ place }) => place)).toEqual([0])
  expect(matchingClasses(classes, 'zebra', contains)).toEqual([])
  expect(matchingClasses(classes, '  ', contains)).toHaveLength(13)
})

test('a list that became short again is shown whole, whatever was typed before its box went', () => {
  expect(matchingClasses(classesNamed(THIRTEEN.slice(0, 12)), 'zebra', contains)).toHaveLength(12)
})

const ALL: AnnotationFilter = { states: new Set(['pending', 'drawn']), classId: 'any', leastScore: 0 }
const pending = { state: 'pending', classId: 5, score: 0.6 } as const
const drawn = { state: 'drawn', classId: null, score: null } as const

test('the annotation list is filtered by state, by class and by having none', () => {
  expect([passesFilter(pending, ALL), passesFilter(drawn, ALL), passesFilter({ ...pending, state: 'rejected' }, ALL)]).toEqual([true, true, false])
  expect([passesFilter(pending, { ...ALL, classId: 5 }), passesFilter(pending, { ...ALL, classId: 6 }), passesFilter(drawn, { ...ALL, classId: 5 })]).toEqual([true, false, false])
  expect([passesFilter(pending, { ...ALL, classId: null }), passesFilter(drawn, { ...ALL, classId: null })]).toEqual([false, true])
})

test('a least score takes what has just that, and leaves out what has none', () => {
  expect([passesFilter(pending, { ...ALL, leastScore: 0.6 }), passesFilter(pending, { ...ALL, leastScore: 0.65 }), passesFilter(drawn, { ...ALL, leastScore: 0.05 })]).toEqual([true, false, false])
})

test('only class and score narrow what the button below the list accepts', () => {
  expect([asksMoreThanState({ ...ALL, states: new Set() }), asksMoreThanState({ ...ALL, classId: null }), asksMoreThanState({ ...ALL, leastScore: 0.05 })]).toEqual([false, true, true])
})
