import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { drawPictures, PICTURES } from '../e2e/draw-pictures.ts'

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'bundled-'))

const run = (program: string, args: readonly string[]) => new Promise<{ code: number; out: string; err: string }>((resolve) => {
  execFile(process.execPath, [join(ROOT, program), ...args], { cwd: folder, env: { ...process.env, MASKWRIGHT_DATA: join(folder, 'data') } }, (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }))
})

beforeAll(async () => {
  for (const product of ['command-line', 'desktop']) expect((await run('build/bundle.mjs', [product, '--when-needed'])).code).toBe(0)
  await drawPictures(join(folder, 'photos'), PICTURES.slice(0, 1))
}, 120_000)

test('the bundled maskwright pre-labels with the bundled pipeline, away from the sources', async () => {
  const { code, out, err } = await run('dist/cli/maskwright.js', ['prelabel', '--images', 'photos', '--classes', 'ball', '--out', 'out.json', '--json'])
  expect(err).toMatch(/^nothing is named yet: .*\n$/)
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ images: 1, failures: 0 })
  expect((JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')) as { images: unknown[] }).images.length).toBe(1)
})

test('what it needs of resources is inside: evaluate knows the classes of VOC', async () => {
  const { code, err } = await run('dist/cli/maskwright.js', ['evaluate', '--dataset', 'voc', '--root', 'nowhere', '--pack', 'classic'])
  expect(code).toBe(1)
  expect(err).toContain('VOC keeps its splits there')
})
