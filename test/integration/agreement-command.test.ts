import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { roundTripFixture } from './round-trip-fixture.ts'
import { maskwrightWith } from './run-maskwright.ts'

const home = mkdtempSync(join(tmpdir(), 'maskwright-agreement-'))
afterAll(() => rmSync(home, { recursive: true }))
const maskwright = maskwrightWith(join(home, 'data'))
const project = join(home, 'fixture.maskwright')
const same = join(home, 'same.json')
const fewer = join(home, 'fewer.json')

beforeAll(async () => {
  await roundTripFixture(home)
  expect(await maskwright('import', '--project', project, '--images', join(home, 'images'), '--coco', join(home, 'truth.json'))).toMatchObject({ code: 0 })
  expect(await maskwright('export', '--project', project, '--out', same)).toMatchObject({ code: 0 })
  const coco = JSON.parse(readFileSync(same, 'utf8')) as { annotations: unknown[] }
  writeFileSync(fewer, JSON.stringify({ ...coco, annotations: coco.annotations.slice(1) }))
}, 120_000)

test('a project and its own export agree wholly', async () => {
  const { code, out, err } = await maskwright('agreement', project, same, '--json')
  expect([code, err]).toEqual([0, ''])
  const found = JSON.parse(out) as { images: number; agreement: number; f1: number; classes: { a: number }[] }
  expect(found).toMatchObject({ agreement: 1, f1: 1 })
  expect(found.images).toBeGreaterThan(0)
  expect(found.classes.reduce((sum, { a }) => sum + a, 0)).toBeGreaterThan(0)
})

test('a mask that one of two lacks lowers the agreement of its class, and its image is the worst', async () => {
  const { code, out } = await maskwright('agreement', same, fewer, '--worst', '1')
  expect(code).toBe(0)
  expect(out).toMatch(/^\d+ images? compared: agreement 0\.\d{3}, mean IoU of pairs 1\.000, F1 0\.\d{3}\n/)
  expect(out).toMatch(/least agreement:\n {2}0\.\d{3} {2}.+ \(\d+ and \d+ masks\)\n$/)
})

test('data sets without a common image, or that are not there, are refused in one line', async () => {
  const other = join(home, 'other.json')
  writeFileSync(other, JSON.stringify({ images: [{ id: 1, file_name: 'elsewhere.jpg', width: 4, height: 4 }], categories: [{ id: 1, name: 'cat' }], annotations: [] }))
  const apart = await maskwright('agreement', same, other)
  expect(apart.code).toBe(1)
  expect(apart.err).toMatch(/^maskwright: .*have no image in common.*\n$/)
  const gone = await maskwright('agreement', same, join(home, 'none.json'))
  expect(gone.code).toBe(1)
  expect(gone.err).toMatch(/^maskwright: there is no file .*none\.json.*\n$/)
})
