import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { reportText } from '../../../main/cli/report-text.ts'
import { parseSettings, settingsHelp } from '../../../main/cli/settings-argument.ts'
import { readTicksFile } from '../../../main/cli/ticks-file.ts'
import { Colour } from '../../../main/contract/records.ts'
import { SETTINGS } from '../../../main/contract/settings.ts'
import { classColour } from '../../../main/engine/class-colours.ts'

const home = mkdtempSync(join(tmpdir(), 'maskwright-arguments-'))
afterAll(() => rmSync(home, { recursive: true }))
const fileOf = (text: string): string => {
  writeFileSync(join(home, 'file'), text)
  return join(home, 'file')
}

test('settings take the type the table says', () => {
  expect(parseSettings(['clusterCount=12', 'temperature=0.1', 'edgeSnap=none', 'windows=true', 'promptEnsemble=off'])).toEqual({ clusterCount: 12, temperature: 0.1, edgeSnap: 'none', windows: true, promptEnsemble: false })
  expect(parseSettings([])).toEqual({})
})

for (const [given, message] of [
  ['clusterCount', 'write name=value'],
  ['clusterCount=', 'a whole number from 2 to 100'],
  ['clusterCount=2.5', 'a whole number from 2 to 100'],
  ['temperature=9', 'a number from 0.001 to 1'],
  ['edgeSnap=hard', 'edgeSnap takes none, guided, pamr, guided+cut'],
  ['windows=maybe', 'true or false'],
  ['toString=1', 'there is no setting "toString"'],
] as const) test(`--set ${given} is refused with what is possible`, () => { expect(() => parseSettings([given])).toThrow(message) })

test('help names every setting', () => {
  for (const name of Object.keys(SETTINGS)) expect(settingsHelp()).toContain(`  ${name} `)
})

test('ticks come as lines, with a tab or the last colon, or as JSON', async () => {
  expect([...(await readTicksFile(fileOf('# a comment\r\na/b.jpg: cat, dog\n\nodd: name.jpg\tcat\nnone.jpg:\n')))]).toEqual([['a/b.jpg', ['cat', 'dog']], ['odd: name.jpg', ['cat']], ['none.jpg', []]])
  expect([...(await readTicksFile(fileOf('{"a.jpg": ["cat"]}')))]).toEqual([['a.jpg', ['cat']]])
})

test('ticks that can’t be read are refused with the place', async () => {
  await expect(readTicksFile(fileOf('a.jpg: cat\nnothing\n'))).rejects.toThrow('line 2: write "image: class, class"')
  await expect(readTicksFile(fileOf('{"a.jpg": "cat"}'))).rejects.toThrow('"a.jpg" has to be a list')
  await expect(readTicksFile(fileOf('{'))).rejects.toThrow('not JSON')
  await expect(readTicksFile(fileOf('\n'))).rejects.toThrow('names no image')
  await expect(readTicksFile(join(home, 'none'))).rejects.toThrow('there is no such file')
})

test('a report is a line of counts and a line a finding', () => {
  expect(reportText({ format: 'coco-instances', images: 1, annotations: 2, classes: 1, verdict: 'mended', findings: [{ rule: 'flat-polygon', severity: 'mended', count: 2, examples: ['annotation 1', 'annotation 2'], action: 'read as one polygon' }] }))
    .toBe('2 annotations on 1 image, 1 class: mended\n  mended       2 × A polygon written without its inner list: read as one polygon (annotation 1, …)')
})

test('the first 200 classes have 200 colours', () => {
  const colours = Array.from({ length: 200 }, (_, place) => classColour(place))
  for (const colour of colours) expect(Colour.safeParse(colour).success).toBe(true)
  expect(new Set(colours).size).toBe(200)
})
